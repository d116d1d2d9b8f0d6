using System.Buffers.Binary;
using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Journal;
using Stratos.Fabric.Virtio.Pump;
using Stratos.Fabric.Virtio.Rings;
using Stratos.Fabric.Virtio.Tests.Bench;
using Stratos.Testing;

namespace Stratos.Fabric.Virtio.Tests.Pump;

/// <summary>How pumps end, and what the next one finds.</summary>
public sealed class PumpLifecycleTests
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(10);

    /// <summary>The frontend owns the counter behind the doorbell, and whether a write to it waits.</summary>
    [Fact]
    public void A_doorbell_that_the_frontend_has_filled_and_made_blocking_does_not_keep_the_pump_from_stopping()
    {
        using GuestBench bench = new(0);
        Requests requests = new(bench, new Random(4), slots: 2);
        QueuePump pump = bench.Pump(new TestDevice(chain => chain.Complete(Requests.Reply(chain, 1))));
        pump.Start();
        requests.Add(1);
        bench.Publish();
        WaitFor.Condition(() => pump.Counters is { Completed: 1, Notifications: > 0 }, "the first request");
        bench.Call.TryConsume(out _);
        Span<byte> full = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(full, ulong.MaxValue - 2);
        bench.Call.Signal();
        Assert.True(FileIo.Write(bench.Call.Descriptor, full).IsSuccess);
        bench.Call.Descriptor.IsNonBlocking = false;
        requests.Add(1);
        bench.Publish();
        WaitFor.Condition(() => pump.Counters.Completed == 2, "the second request");
        pump.Stop(s_deadline);
        Assert.Equal(2, requests.Take());
    }

    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    public void A_handler_that_throws_ends_the_pump_and_the_next_one_serves_the_request(string kind)
    {
        using GuestBench bench = new(RingKinds.Features(kind));
        Requests requests = new(bench, new Random(1), slots: 4);
        PumpEnd? end = null;
        QueuePump pump = bench.Pump(
            new TestDevice((DescriptorChain _) => throw new InvalidDataException("broken device")), ended: found => Volatile.Write(ref end, found));
        pump.Start();
        requests.Add(3);
        bench.Publish();
        PumpEnd.Faulted faulted = Assert.IsType<PumpEnd.Faulted>(WaitFor.Value(() => Volatile.Read(ref end), "the end"));
        Assert.IsType<InvalidDataException>(faulted.Cause);
        pump.Stop(s_deadline);
        Assert.True(bench.Setup.Journal.IsInitialised);
        QueuePump next = bench.Pump(new TestDevice(chain => chain.Complete(Requests.Reply(chain, 1))));
        next.Start();
        WaitFor.Condition(() => requests.Take() >= 0 && requests.Outstanding == 0, "the replay");
        Assert.True(next.Counters.Recovered > 0);
        next.Stop(s_deadline);
    }

    [Fact]
    public void A_pump_that_faulted_still_publishes_what_other_threads_complete()
    {
        using GuestBench bench = new(0);
        Requests requests = new(bench, new Random(2), slots: 2);
        PumpEnd? end = null;
        DescriptorChain? kept = null;
        QueuePump pump = bench.Pump(new TestDevice(chain =>
        {
            if (kept is not null) { throw new InvalidDataException("second"); }
            kept = chain;
        }), ended: found => Volatile.Write(ref end, found));
        pump.Start();
        requests.Add(2);
        bench.Publish();
        WaitFor.Value(() => Volatile.Read(ref end), "the end");
        Assert.Throws<TimeoutException>(() => pump.Stop(TimeSpan.FromMilliseconds(20)));
        kept!.Complete(Requests.Reply(kept, 1));
        pump.Stop(s_deadline);
        Assert.Equal(1, requests.Take());
    }

    [Fact]
    public void Stop_says_how_many_requests_are_still_in_flight()
    {
        using GuestBench bench = new(0);
        Requests requests = new(bench, new Random(3), slots: 2);
        List<DescriptorChain> kept = [];
        QueuePump pump = bench.Pump(new TestDevice(kept.Add));
        pump.Start();
        requests.Add(2);
        bench.Publish();
        WaitFor.Condition(() => pump.Counters.Fetched == 2, "the fetch");
        Assert.Contains("2 requests are still in flight", Assert.Throws<TimeoutException>(() => pump.Stop(TimeSpan.FromMilliseconds(20))).Message, StringComparison.Ordinal);
        foreach (DescriptorChain chain in kept) { chain.Complete(Requests.Reply(chain, 1)); }
        Assert.Equal(pump.Stop(s_deadline), pump.Stop(s_deadline));
        Assert.Equal(2, requests.Take());
    }

    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    public void Chains_that_are_released_at_the_stop_go_back_to_the_ring(string kind)
    {
        using GuestBench bench = new(RingKinds.Features(kind));
        Requests requests = new(bench, new Random(4), slots: 4);
        ReleasingHandler handler = new(completeFirst: true);
        QueuePump pump = bench.Pump(new TestDevice(_ => handler));
        pump.Start();
        requests.Add(3, maxElements: 3);
        bench.Publish();
        WaitFor.Condition(() => pump.Counters.Fetched == 3, "the fetch");
        QueueState state = pump.Stop(s_deadline);
        Assert.False(bench.Setup.Journal.IsInitialised);
        Assert.Equal((state.UsedIndex, state.UsedWrap), (state.AvailIndex, state.AvailWrap));
        Finish(bench, requests, bench.Setup with { State = state });
    }

    [Theory]
    [MemberData(nameof(RingKinds.Unordered), MemberType = typeof(RingKinds))]
    public void Released_chains_that_were_overtaken_stay_in_the_journal(string kind)
    {
        using GuestBench bench = new(RingKinds.Features(kind));
        Requests requests = new(bench, new Random(5), slots: 4);
        ReleasingHandler handler = new(completeFirst: false);
        QueuePump pump = bench.Pump(new TestDevice(_ => handler));
        pump.Start();
        requests.Add(3, maxElements: 3);
        bench.Publish();
        WaitFor.Condition(() => pump.Counters.Fetched == 3, "the fetch");
        QueueState state = pump.Stop(s_deadline);
        Assert.True(bench.Setup.Journal.IsInitialised);
        Assert.Equal(1, requests.Take());
        Finish(bench, requests, bench.Setup with { State = state });
    }

    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    public void A_pump_whose_epoch_is_over_touches_nothing_any_more(string kind)
    {
        using GuestBench bench = new(RingKinds.Features(kind));
        using MemoryFile file = MemoryFile.Create("epoch", 4096);
        using Mapping page = file.Map(MemoryAccess.ReadWrite);
        BinaryPrimitives.WriteUInt64LittleEndian(page.GetSpan(0, 8), 7);
        Requests requests = new(bench, new Random(6), slots: 4);
        PumpEnd? end = null;
        List<DescriptorChain> kept = [];
        QueuePump pump = bench.Pump(new TestDevice(kept.Add), ended: found => Volatile.Write(ref end, found), setup: bench.Setup with { Epoch = EpochGate.For(page, 7) });
        pump.Start();
        requests.Add(2);
        bench.Publish();
        WaitFor.Condition(() => pump.Counters.Fetched == 2, "the fetch");
        BinaryPrimitives.WriteUInt64LittleEndian(page.GetSpan(0, 8), 8);
        byte[] guest = bench.Mapping.GetSpan(0, (int)bench.Mapping.Length).ToArray();
        byte[] journal = bench.Journals.Mapping.GetSpan(0, (int)bench.Journals.Mapping.Length).ToArray();
        foreach (DescriptorChain chain in kept) { chain.Complete(0); }
        bench.Kick.Signal();
        Assert.IsType<PumpEnd.Fenced>(WaitFor.Value(() => Volatile.Read(ref end), "the end"));
        pump.Stop(s_deadline);
        Assert.Equal(journal, bench.Journals.Mapping.GetSpan(0, journal.Length).ToArray());
        Assert.Equal(0, requests.Take());
        // The notification suppression may have changed while the pump slept, before its right ended; nothing else.
        Assert.Equal(bench.At(bench.Setup.Addresses.Descriptors, 256).ToArray(), guest.AsSpan((int)(bench.Setup.Addresses.Descriptors - GuestBench.GuestAddress), 256).ToArray());
    }

    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    public void Memory_that_is_cut_short_fails_the_ring_and_not_the_process(string kind)
    {
        using GuestBench bench = new(RingKinds.Features(kind), seal: false);
        Requests requests = new(bench, new Random(7), slots: 4);
        PumpEnd? end = null;
        QueuePump pump = bench.Pump(new TestDevice(chain => chain.Complete(Requests.Reply(chain, 1))), ended: found => Volatile.Write(ref end, found));
        pump.Start();
        requests.Add(2);
        bench.Publish();
        WaitFor.Condition(() => requests.Take() >= 0 && requests.Outstanding == 0, "the requests");
        bench.File.SetLength(0);
        bench.Kick.Signal();
        Assert.Contains("cut short", Assert.IsType<PumpEnd.RingFailed>(WaitFor.Value(() => Volatile.Read(ref end), "the end")).Reason, StringComparison.Ordinal);
        Assert.True(bench.Error.TryConsume(out _));
        pump.Stop(s_deadline);
    }

    [Fact]
    public void Revoked_memory_ends_the_pump()
    {
        using GuestBench bench = new(0);
        PumpEnd? end = null;
        QueuePump pump = bench.Pump(new TestDevice(_ => { }), ended: found => Volatile.Write(ref end, found));
        pump.Start();
        bench.Memory.Revoke();
        bench.Kick.Signal();
        Assert.IsType<PumpEnd.RingFailed>(WaitFor.Value(() => Volatile.Read(ref end), "the end"));
        pump.Stop(s_deadline);
    }

    [Fact]
    public void A_queue_without_a_kick_descriptor_is_polled()
    {
        using GuestBench bench = new(0);
        Requests requests = new(bench, new Random(8), slots: 2);
        QueuePump pump = bench.Pump(new TestDevice(chain => chain.Complete(Requests.Reply(chain, 1))), setup: bench.Setup with { Kick = null, Call = null });
        pump.Start();
        for (int i = 0; i < 20; i++)
        {
            requests.Add(1);
            bench.Driver.Publish();
            WaitFor.Condition(() => requests.Take() == 1, "the request");
        }
        pump.Stop(s_deadline);
    }

    [Fact]
    public void A_journal_of_another_kind_or_size_is_refused()
    {
        using GuestBench bench = new(0);
        using JournalFile packed = JournalFile.CreatePrivate(1, 16, packed: true);
        using JournalFile small = JournalFile.CreatePrivate(1, 8, packed: false);
        foreach (JournalFile journal in (JournalFile[])[packed, small])
        {
            Assert.Throws<ArgumentException>(() => bench.Pump(new TestDevice(_ => { }), setup: bench.Setup with { Journal = journal.Queue(0) }));
        }
    }

    [Fact]
    public void A_chain_is_completed_once_and_within_its_length()
    {
        using GuestBench bench = new(0);
        Requests requests = new(bench, new Random(9), slots: 1);
        List<Type> thrown = [];
        QueuePump pump = bench.Pump(new TestDevice(chain =>
        {
            thrown.Add(Record.Exception(() => chain.Complete((uint)chain.WritableLength + 1))!.GetType());
            chain.Complete(Requests.Reply(chain, 1));
            thrown.Add(Record.Exception(() => chain.Complete(0))!.GetType());
            thrown.Add(Record.Exception(chain.Release)!.GetType());
        }));
        pump.Start();
        requests.Add(1);
        bench.Publish();
        WaitFor.Condition(() => requests.Take() == 1, "the request");
        pump.Stop(s_deadline);
        Assert.Equal([typeof(ArgumentOutOfRangeException), typeof(InvalidOperationException), typeof(InvalidOperationException)], thrown);
    }

    [Fact]
    public void A_new_pump_is_told_whether_the_journal_goes_on()
    {
        using GuestBench bench = new(0);
        List<bool> resumed = [];
        TestDevice device = new(context =>
        {
            resumed.Add(context.Resumed);
            return new ReleasingHandler(completeFirst: false);
        });
        QueuePump first = bench.Pump(device);
        first.Start();
        WaitFor.Condition(() => bench.Setup.Journal.IsInitialised, "the journal");
        bench.Pump(device).Stop(s_deadline);
        first.Stop(s_deadline);
        bench.Pump(device).Stop(s_deadline);
        Assert.Equal([false, true, false], resumed);
    }

    private static void Finish(GuestBench bench, Requests requests, QueueSetup setup)
    {
        QueuePump next = bench.Pump(new TestDevice(chain => chain.Complete(Requests.Reply(chain, 1))), setup: setup);
        next.Start();
        WaitFor.Condition(() => requests.Take() >= 0 && requests.Outstanding == 0, "the rest");
        next.Stop(s_deadline);
        Assert.Equal(3UL, requests.Taken);
        Assert.False(bench.Setup.Journal.IsInitialised);
    }

    private sealed class ReleasingHandler(bool completeFirst) : QueueHandler
    {
        private readonly List<DescriptorChain> _kept = [];

        public override void Handle(DescriptorChain chain) => _kept.Add(chain);

        public override void Stop()
        {
            if (_kept.Count == 0) { return; }
            DescriptorChain served = completeFirst ? _kept[0] : _kept[^1];
            served.Complete(Requests.Reply(served, 1));
            foreach (DescriptorChain chain in _kept.Where(chain => chain != served)) { chain.Release(); }
        }
    }
}
