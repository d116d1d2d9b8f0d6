using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Pump;
using Stratos.Fabric.Virtio.Rings;
using Stratos.Fabric.Virtio.Tests.Bench;

namespace Stratos.Fabric.Virtio.Tests.Recovery;

/// <summary>
/// A seeded exchange between driver and pump on one thread in which the serving process dies at chosen steps. Death at
/// a step keeps the memory exactly as it was there: it is copied at the step, the rest of the operation is let run, and
/// then the copy is put back. A fresh pump with a fresh handler goes on, and the account of every request is kept.
/// </summary>
internal sealed class CrashScenario : IDisposable
{
    public const byte Ok = 1;
    public const byte Unknown = 2;

    private readonly GuestBench _bench;
    private readonly Random _random;
    private readonly Requests _requests;
    private readonly bool _unrepeatable;
    private readonly int _total;
    private readonly Queue<int> _deaths;
    private readonly PumpOptions _options;
    private readonly Dictionary<ulong, int> _runs = [];
    private readonly HashSet<ulong> _finished = [];
    private readonly List<DescriptorChain> _held = [];
    private readonly Dictionary<ulong, byte> _statuses = [];
    private PumpLoop _loop = null!;
    private Doorbell _doorbell = null!;
    private Snapshot? _snapshot;
    private ulong? _completing;

    private sealed record Snapshot(byte[] Guest, byte[] Journal, Dictionary<ulong, int> Runs, HashSet<ulong> Finished);

    public CrashScenario(ulong features, int seed, bool unrepeatable, IEnumerable<int> deaths, bool phases = true, int total = 12)
    {
        _bench = new GuestBench(features, size: 8, memory: 32768, phases: phases);
        _random = new Random(seed);
        _requests = new Requests(_bench, _random, slots: 10);
        (_unrepeatable, _total, _deaths) = (unrepeatable, total, new Queue<int>(deaths));
        _options = new PumpOptions { Batch = 4, Probe = OnStep };
        Begin();
    }

    /// <summary>Steps that were made, over all lives.</summary>
    public int Steps { get; private set; }

    /// <summary>Deaths that happened.</summary>
    public int Died { get; private set; }

    /// <summary>How often the effect of each request happened.</summary>
    public IReadOnlyDictionary<ulong, int> Runs => _runs;

    /// <summary>The status with which each request was completed.</summary>
    public IReadOnlyDictionary<ulong, byte> Statuses => _statuses;

    /// <summary>Runs until all requests are completed and checks the account.</summary>
    public void Run()
    {
        for (int round = 0; _requests.Added < (ulong)_total || _requests.Outstanding > 0; round++)
        {
            Assert.True(round < 10_000, $"{_requests.Outstanding} requests never came back.");
            if (_requests.Added < (ulong)_total && _random.Next(3) > 0)
            {
                _requests.Add(Math.Min(_random.Next(1, 4), _total - (int)_requests.Added), maxElements: 3);
                _bench.Driver.Publish();
            }
            Survive(() => _loop.Pass());
            while (_held.Count > 0 && _random.Next(3) > 0) { Survive(CompleteOne); }
            _requests.Take((number, status) => _statuses.Add(number, status));
        }
        Assert.Equal((ulong)_total, _requests.Taken);
        Survive(Stop);
    }

    public void Dispose()
    {
        _doorbell.Dispose();
        _bench.Dispose();
    }

    private Span<byte> Guest => _bench.Mapping.GetSpan(0, (int)_bench.Mapping.Length);

    private Span<byte> Journal => _bench.Journals.Mapping.GetSpan(0, (int)_bench.Journals.Mapping.Length);

    private void Begin()
    {
        _held.Clear();
        _doorbell?.Dispose();
        _doorbell = new Doorbell();
        _loop = new PumpLoop(_bench.Setup, new Handler(this), _options, _doorbell);
        Survive(_loop.Open);
    }

    private void Survive(Action operation)
    {
        operation();
        if (_snapshot is null)
        {
            Assert.Null(_loop.End);
            return;
        }
        _snapshot.Guest.CopyTo(Guest);
        _snapshot.Journal.CopyTo(Journal);
        Replace(_runs, _snapshot.Runs);
        _finished.IntersectWith(_snapshot.Finished);
        _snapshot = null;
        Died++;
        Begin();
    }

    private void OnStep(PumpStep step)
    {
        Steps++;
        // From this step on the completion is on record: whatever happens, the request must not run again.
        if (step is PumpStep.Finished && _completing is { } number) { _finished.Add(number); }
        if (_snapshot is not null || !_deaths.TryPeek(out int death) || Steps < death) { return; }
        _deaths.Dequeue();
        _snapshot = new Snapshot(Guest.ToArray(), Journal.ToArray(), new(_runs), [.. _finished]);
    }

    private void CompleteOne()
    {
        if (_held.Count == 0) { return; }
        DescriptorChain chain = _held[_random.Next(_held.Count)];
        _held.Remove(chain);
        Serve(chain);
    }

    private void Serve(DescriptorChain chain)
    {
        ulong number = Requests.NumberOf(chain);
        if (_bench.Setup.Journal.HasPhases) { Assert.DoesNotContain(number, _finished); }
        if (_unrepeatable) { chain.MarkStarted(); }
        _runs[number] = _runs.GetValueOrDefault(number) + 1;
        OnStep(PumpStep.Started);
        uint written = Requests.Reply(chain, Ok);
        _completing = number;
        chain.Complete(written);
        _completing = null;
    }

    private void Stop()
    {
        _loop.BeginDrain();
        _loop.Pass();
        _loop.Close();
    }

    private static void Replace(Dictionary<ulong, int> target, Dictionary<ulong, int> source)
    {
        target.Clear();
        foreach ((ulong key, int value) in source) { target[key] = value; }
    }

    private sealed class Handler(CrashScenario scenario) : QueueHandler
    {
        public override ReplayClass Replay => scenario._unrepeatable ? ReplayClass.Unrepeatable : ReplayClass.Repeatable;

        public override void Handle(DescriptorChain chain)
        {
            if (scenario._random.Next(2) == 0) { scenario._held.Add(chain); }
            else { scenario.Serve(chain); }
        }

        public override Resolution Resolve(DescriptorChain chain) => Resolution.Complete(Requests.Reply(chain, Unknown));
    }
}
