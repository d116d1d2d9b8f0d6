using BenchmarkDotNet.Attributes;
using Stratos.Benchmarks.Load;

namespace Stratos.Benchmarks.Rings;

/// <summary>Requests through ring, pump and a block device that stores nothing; time and allocation of one request.</summary>
[MemoryDiagnoser]
public class RingBenchmarks : IDisposable
{
    private const int Requests = 1 << 16;
    private PumpBench? _bench;

    /// <summary>The ring layout.</summary>
    [ParamsSource(nameof(Rings))]
    public string Ring { get; set; } = "split";

    /// <summary>Requests in flight.</summary>
    [Params(1, 32, 128)]
    public int Depth { get; set; }

    /// <summary>The ring layouts by name.</summary>
    public static IEnumerable<string> Rings => RingKind.Names;

    /// <summary>Starts the pump.</summary>
    [GlobalSetup]
    public void Start() => _bench = new(RingKind.Features(Ring), Depth, new() { Null = 1 << 30 });

    /// <summary>Stops the pump.</summary>
    [GlobalCleanup]
    public void Stop() => Dispose();

    /// <inheritdoc/>
    public void Dispose()
    {
        _bench?.Dispose();
        _bench = null;
        GC.SuppressFinalize(this);
    }

    /// <summary>One request, there and back.</summary>
    [Benchmark(OperationsPerInvoke = Requests)]
    public int Request() => _bench!.Exchange(Requests);
}
