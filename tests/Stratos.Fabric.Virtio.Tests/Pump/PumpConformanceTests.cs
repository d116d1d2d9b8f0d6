using System.Collections.Concurrent;
using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Pump;
using Stratos.Fabric.Virtio.Rings;
using Stratos.Fabric.Virtio.Tests.Bench;
using Stratos.Testing;

namespace Stratos.Fabric.Virtio.Tests.Pump;

/// <summary>A pump on its own thread against the independent driver side, for each kind of ring.</summary>
public sealed class PumpConformanceTests
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(10);

    private static TestDevice Echo() => new(chain => chain.Complete(Requests.Reply(chain, 1)));

    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    public void Serves_requests_of_all_shapes(string kind)
    {
        using GuestBench bench = new(RingKinds.Features(kind), size: 32);
        Requests requests = new(bench, new Random(1), slots: 48);
        QueuePump pump = bench.Pump(Echo());
        pump.Start();
        ulong count = (ulong)CampaignSize.Of(5_000, 200_000);
        Exchange(bench, requests, count);
        QueueState state = pump.Stop(s_deadline);
        Assert.False(bench.Setup.Journal.IsInitialised);
        Assert.Equal((state.UsedIndex, state.UsedWrap), (state.AvailIndex, state.AvailWrap));
        Assert.Equal(requests.Taken, pump.Counters.Completed);
    }

    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    public void Wakes_by_kick_and_notifies_by_call(string kind)
    {
        using GuestBench bench = new(RingKinds.Features(kind), size: 8);
        Requests requests = new(bench, new Random(2), slots: 8);
        QueuePump pump = bench.Pump(Echo(), new PumpOptions { PollTime = TimeSpan.Zero });
        pump.Start();
        for (int i = 0; i < 500; i++)
        {
            Assert.True(requests.Add(1 + (i % 2)) > 0);
            bench.Publish();
            while (requests.Outstanding > 0)
            {
                requests.Take();
                if (requests.Outstanding == 0 || !bench.Driver.ArmNotification()) { continue; }
                Assert.NotEqual(PollEvents.None, Poll.Wait(bench.Call.Descriptor, PollEvents.Readable, s_deadline));
                bench.Call.TryConsume(out _);
            }
        }
        pump.Stop(s_deadline);
        Assert.True(pump.Counters.Kicks > 0);
    }

    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    public void Takes_completions_from_other_threads_in_any_order(string kind)
    {
        using GuestBench bench = new(RingKinds.Features(kind), size: 64);
        Requests requests = new(bench, new Random(3), slots: 64);
        using BlockingCollection<DescriptorChain> chains = [];
        Thread[] workers = [.. Enumerable.Range(0, 3).Select(seed => new Thread(() => CompleteShuffled(chains, new Random(seed))) { IsBackground = true })];
        foreach (Thread worker in workers) { worker.Start(); }
        QueuePump pump = bench.Pump(new TestDevice(chains.Add), new PumpOptions { PollTime = TimeSpan.FromMicroseconds(5) });
        pump.Start();
        try
        {
            Exchange(bench, requests, (ulong)CampaignSize.Of(5_000, 100_000));
            pump.Stop(s_deadline);
        }
        finally
        {
            chains.CompleteAdding();
            foreach (Thread worker in workers) { worker.Join(s_deadline); }
        }
    }

    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    public void Goes_on_where_it_stopped(string kind)
    {
        using GuestBench bench = new(RingKinds.Features(kind), size: 8);
        Requests requests = new(bench, new Random(4), slots: 16);
        TestDevice device = Echo();
        QueueState state = QueueState.Initial;
        for (int round = 0; round < 50; round++)
        {
            QueuePump pump = bench.Pump(device, setup: bench.Setup with { State = state });
            pump.Start();
            for (int i = 0; i < 5; i++)
            {
                if (requests.Add(2) > 0) { bench.Publish(); }
                WaitFor.Condition(() => requests.Take() >= 0 && requests.Outstanding == 0, "the round's requests");
            }
            state = pump.Stop(s_deadline);
        }
        Assert.Equal(requests.Added, requests.Taken);
    }

    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    public void Serves_what_was_available_and_kicked_before_the_start(string kind)
    {
        using GuestBench bench = new(RingKinds.Features(kind));
        Requests requests = new(bench, new Random(5), slots: 4);
        requests.Add(3);
        bench.Driver.Publish();
        QueuePump pump = bench.Pump(Echo(), new PumpOptions { PollTime = TimeSpan.Zero });
        pump.Start();
        WaitFor.Condition(() => requests.Take() >= 0 && requests.Outstanding == 0, "requests from before the start");
        pump.Stop(s_deadline);
    }

    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    public void Fetches_no_more_than_the_handler_demands(string kind)
    {
        using GuestBench bench = new(RingKinds.Features(kind));
        Requests requests = new(bench, new Random(6), slots: 6);
        DemandingHandler handler = null!;
        QueuePump pump = bench.Pump(new TestDevice(context => handler = new DemandingHandler(context)), new PumpOptions { PollTime = TimeSpan.Zero });
        pump.Start();
        requests.Add(6, maxElements: 2);
        bench.Driver.Publish();
        bench.Kick.Signal();
        Assert.Equal(0, handler.Served);
        for (int i = 1; i <= 5; i++)
        {
            handler.Allow(1);
            WaitFor.Condition(() => requests.Take() >= 0 && requests.Taken == (ulong)i, $"request {i}");
            Assert.Equal(i, handler.Served);
        }
        pump.Stop(s_deadline);
        Assert.Equal(5, handler.Served);
        Assert.False(bench.Setup.Journal.IsInitialised);
    }

    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    public void A_reset_queue_begins_anew(string kind)
    {
        using GuestBench bench = new(RingKinds.Features(kind), size: 8);
        TestDevice device = Echo();
        for (int round = 0; round < 3; round++)
        {
            bench.Driver.Reset();
            Requests requests = new(bench, new Random(7), slots: 8);
            QueuePump pump = bench.Pump(device);
            pump.Start();
            for (int i = 0; i < 10; i++)
            {
                if (requests.Add(3) > 0) { bench.Publish(); }
                WaitFor.Condition(() => requests.Take() >= 0 && requests.Outstanding == 0, "the round's requests");
            }
            requests.Add(1);
            pump.Stop(s_deadline);
            bench.Setup.Journal.Reset();
        }
    }

    /// <summary>Sends requests and takes them back. What is waited for is the next one, however busy the machine is.</summary>
    private static void Exchange(GuestBench bench, Requests requests, ulong count)
    {
        while (requests.Taken < count)
        {
            ulong before = requests.Taken;
            WaitFor.Condition(() =>
            {
                if (requests.Added < count && requests.Add((int)Math.Min(8, count - requests.Added)) > 0) { bench.Publish(); }
                requests.Take();
                return requests.Taken > before;
            }, $"a request after {before} of {count}, with {requests.Outstanding} in flight");
        }
    }

    private static void CompleteShuffled(BlockingCollection<DescriptorChain> chains, Random random)
    {
        List<DescriptorChain> held = [];
        while (!chains.IsCompleted)
        {
            if (chains.TryTake(out DescriptorChain? chain, held.Count == 0 ? 50 : 0)) { held.Add(chain); }
            if (held.Count == 0 || (chain is not null && held.Count < 5 && random.Next(2) == 0)) { continue; }
            DescriptorChain done = held[random.Next(held.Count)];
            held.Remove(done);
            done.Complete(Requests.Reply(done, 1));
        }
    }

    private sealed class DemandingHandler(QueueContext context) : QueueHandler
    {
        private int _demand;
        private int _served;

        public int Served => Volatile.Read(ref _served);
        public override int Demand => Volatile.Read(ref _demand);

        public void Allow(int count)
        {
            Interlocked.Add(ref _demand, count);
            context.Wake();
        }

        public override void Handle(DescriptorChain chain)
        {
            Interlocked.Decrement(ref _demand);
            Interlocked.Increment(ref _served);
            chain.Complete(Requests.Reply(chain, 1));
        }
    }
}
