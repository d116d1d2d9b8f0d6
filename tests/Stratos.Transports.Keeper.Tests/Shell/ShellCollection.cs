namespace Stratos.Transports.Keeper.Tests.Shell;

/// <summary>Tests that count the process's descriptors, or want its cores for themselves.</summary>
[CollectionDefinition(nameof(ShellCollection), DisableParallelization = true)]
public sealed class ShellCollection;
