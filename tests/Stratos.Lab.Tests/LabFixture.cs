using Stratos.Lab.Tests;

[assembly: AssemblyFixture(typeof(LabFixture))]

namespace Stratos.Lab.Tests;

/// <summary>The lab, built once for all tests of this assembly, with its progress on the error stream.</summary>
public sealed class LabFixture : IAsyncLifetime
{
    public LabEnvironment Lab { get; private set; } = null!;

    public async ValueTask InitializeAsync() =>
        Lab = await LabEnvironment.EnsureAsync(new ErrorStream(), TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class ErrorStream : IProgress<string>
    {
        public void Report(string value) => Console.Error.WriteLine(value);
    }
}
