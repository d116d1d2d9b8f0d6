using Stratos.Lab;

namespace Stratos.Guest.Tests;

/// <summary>The lab, built once for all guest tests, which run one after another: each guest takes a processor.</summary>
public sealed class LabFixture : IAsyncLifetime
{
    private LabEnvironment? _lab;

    public LabEnvironment Lab => _lab!;

    public async ValueTask InitializeAsync() => _lab = await LabEnvironment.EnsureAsync(ct: TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

[CollectionDefinition(Name)]
public sealed class LabCollection : ICollectionFixture<LabFixture>
{
    public const string Name = "lab";
}
