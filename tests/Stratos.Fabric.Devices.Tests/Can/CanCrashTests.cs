using System.Buffers.Binary;
using Stratos.Fabric.Devices.Can;
using Stratos.Fabric.Devices.Can.Bus;
using Stratos.Fabric.Devices.Simulation;
using Stratos.Fabric.Devices.Tests.Bench;
using Stratos.Fabric.Virtio.Driver;
using Stratos.Testing;

namespace Stratos.Fabric.Devices.Tests.Can;

/// <summary>
/// A CAN device whose process dies at every step between two stores, of the pump and of the bus: each frame is on the bus
/// once if the guest was told so and never if it was told otherwise, and each received frame arrives once and in order.
/// </summary>
public sealed class CanCrashTests
{
    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    [Proves("can", "no frame is sent twice, lost or repeated when the device's process dies", "docs/architecture.md")]
    public void Frames_are_exact_over_a_death_at_every_step(ulong features)
    {
        foreach (bool disturbed in (bool[])[false, true])
        {
            int steps = Run(features, 1, disturbed, []);
            Assert.True(steps > 100, $"Only {steps} steps: the scenario has nothing to kill.");
            for (int death = 1; death <= steps; death++) { Run(features, 1, disturbed, [death]); }
        }
    }

    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    public void Frames_are_exact_over_many_deaths_in_a_row(ulong features)
    {
        for (int seed = 0; seed < CampaignSize.Of(40, 2000); seed++)
        {
            Random random = new(seed);
            int at = 0;
            Run(features, seed, disturbed: seed % 2 == 1, Enumerable.Range(0, 15).Select(_ => at += random.Next(1, 40)).ToArray());
        }
    }

    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    public void A_frame_whose_fate_nobody_knows_ends_with_an_error_and_is_not_sent_again(ulong features)
    {
        BoardMemory memory = BoardMemory.Private(BusBoard.Length);
        BusPort? port = null;
        using CrashBench bench = new(() => new CanDevice(port = new BusPort(new CanBus(memory, default), "guest", default, watch: false), 0xF), features, () => Powerless(memory), [25]);
        CrashGuest guest = new(bench);
        using CanBus hostBus = new(memory, default) { NeedsAcknowledgement = true };
        guest.Command(CanGuest.StartController);
        bench.Pass();
        guest.Send(0);
        bench.Pass();
        for (int i = 0; bench.Died == 0; i++)
        {
            Assert.True(i < 100, "The bench did not come to its death.");
            bench.Survive(bench.Step);
        }
        for (int i = 0; i < 20; i++)
        {
            bench.Pass();
            bench.Survive(port!.Poll);
            guest.Take();
        }
        Assert.Equal(CanGuest.NotOk, guest.Results[0]);
        Assert.Equal(0UL, hostBus.Head);
    }

    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    [Proves("can", "VIRTIO_CAN_F_LATE_TX_ACK: a frame is acknowledged before its answer is received", "5.20.5.2")]
    public void An_answer_never_overtakes_the_acknowledgement_of_its_question(ulong features)
    {
        int steps = Converse(features, []);
        for (int death = 1; death <= steps; death++) { Converse(features, [death]); }
    }

    private static int Converse(ulong features, int[] deaths)
    {
        const int Questions = 6;
        BoardMemory memory = BoardMemory.Private(BusBoard.Length);
        Action step = static () => { };
        BusPort? port = null;
        using CrashBench bench = new(
            () => new CanDevice(port = new BusPort(new CanBus(memory, default, probe: () => step()), "guest", TimeSpan.FromSeconds(1), watch: false), 0xF),
            features,
            () =>
            {
                byte[] saved = memory.Bytes.ToArray();
                return () => saved.CopyTo(memory.Bytes);
            },
            deaths);
        step = bench.Step;
        using CanBus hostBus = new(memory, default);
        CanStation host = hostBus.Join("host");
        host.Start(TimeSpan.FromSeconds(1));
        CrashGuest guest = new(bench);
        guest.Command(CanGuest.StartController);
        int asked = 0;
        for (int round = 0; guest.Received.Count < Questions; round++)
        {
            Assert.True(round < 1_000, $"{guest.Received.Count} of {Questions} answers after deaths at {string.Join(", ", deaths)}, and no progress.");
            if (guest.Commands == 0 && asked < Questions) { guest.Send(asked++); }
            guest.Listen();
            // The bus moves between the two queues' passes, and the receive queue always comes first.
            bench.Pass(CanGuest.Control);
            bench.Pass(CanGuest.Receive);
            guest.Take();
            Assert.All(guest.Received, answer => Assert.Equal(CanGuest.Ok, guest.Results[(int)answer - 0x200]));
            bench.Pass(CanGuest.Transmit);
            while (host.TryReceive(out CanFrame question)) { host.Send(new CanFrame(question.Id + 0x200, [])); }
            if (round % 2 == 0) { bench.Survive(port!.Poll); }
        }
        return bench.Steps;
    }

    private static Action Powerless(BoardMemory memory) => () => memory.Bytes.Clear();

    private static int Run(ulong features, int seed, bool disturbed, int[] deaths)
    {
        try
        {
            return RunOnce(features, seed, disturbed, deaths);
        }
        catch (Exception failure)
        {
            throw new InvalidOperationException($"Seed {seed}, disturbed {disturbed}, deaths at {string.Join(", ", deaths)}: {failure.Message}", failure);
        }
    }

    private static int RunOnce(ulong features, int seed, bool disturbed, int[] deaths)
    {
        const int Frames = 8;
        Random random = new(seed);
        ManualClock clock = new();
        BoardMemory memory = BoardMemory.Private(BusBoard.Length);
        CanBitTiming timing = new(500_000, 2_000_000);
        Action step = static () => { };
        BusPort? port = null;
        // Early acknowledgement says less than what is asked for here, so every guest has negotiated the late one.
        using CrashBench bench = new(
            () => new CanDevice(port = new BusPort(new CanBus(memory, timing, clock, probe: () => step()), "guest", TimeSpan.FromSeconds(1), watch: false), 0xF),
            features,
            () =>
            {
                byte[] saved = memory.Bytes.ToArray();
                return () => saved.CopyTo(memory.Bytes);
            },
            deaths);
        step = bench.Step;
        using CanBus hostBus = new(memory, timing, clock);
        CanStation host = hostBus.Join("host");
        host.Start(TimeSpan.FromSeconds(1));
        CrashGuest guest = new(bench);
        guest.Command(CanGuest.StartController);
        int sent = 0, hostSent = 0;
        List<uint> onBus = [];
        bool listening = false;
        for (int round = 0; guest.Results.Count < Frames || onBus.Count < guest.Results.Values.Count(static result => result == CanGuest.Ok) || (!disturbed && guest.Received.Count < Frames); round++)
        {
            Assert.True(round < 5_000, $"{guest.Results.Count} of {Frames} sent, {guest.Received.Count} of {Frames} received, and no progress.");
            if (guest.Commands == 0 && sent < Frames && random.Next(3) == 0) { guest.Send(sent++); }
            listening |= guest.Commands == 0;
            if (listening && hostSent < Frames && random.Next(3) == 0) { Assert.True(host.Send(new CanFrame((uint)(0x100 + hostSent++), [1]))); }
            if (random.Next(2) == 0) { guest.Listen(); }
            if (disturbed && guest.Commands == 0 && random.Next(6) == 0) { Disturb(random, guest, hostBus, host); }
            clock.Advance(random.Next(0, 300_000));
            if (random.Next(2) == 0) { bench.Survive(port!.Poll); }
            bench.Pass();
            guest.Take();
            while (host.TryReceive(out CanFrame frame)) { onBus.Add(frame.Id); }
        }
        Assert.Equal(guest.Results.Where(static result => result.Value == CanGuest.Ok).Select(static result => (uint)result.Key).Order(), onBus);
        if (!disturbed)
        {
            Assert.Equal(Frames, onBus.Count);
            Assert.Equal(Enumerable.Range(0x100, Frames).Select(static id => (uint)id), guest.Received);
        }
        Assert.Equal(guest.Received.Distinct(), guest.Received);
        Assert.Equal(guest.Received.Order(), guest.Received);
        Assert.Equal(deaths.Count(death => death <= bench.Steps), bench.Died);
        return bench.Steps;
    }

    private static void Disturb(Random random, CrashGuest guest, CanBus bus, CanStation host)
    {
        switch (random.Next(4))
        {
            case 0: bus.InjectErrors(random.Next(1, 40)); break;
            case 1: guest.Command(CanGuest.StopController); break;
            case 2: host.Start(TimeSpan.FromSeconds(1)); break;
            default: break;
        }
        guest.Command(CanGuest.StartController);
    }

    /// <summary>The guest of a bench that does not wait.</summary>
    private sealed class CrashGuest(CrashBench bench)
    {
        private readonly Dictionary<ulong, (int Number, GuestBuffer Result)> _sending = [];
        private readonly Dictionary<ulong, GuestBuffer> _listening = [];
        private ulong _cookie;

        /// <summary>Results by the frame's number, which is its identifier too.</summary>
        public SortedDictionary<int, byte> Results { get; } = [];

        public List<uint> Received { get; } = [];

        public int Commands { get; private set; }

        public void Send(int number)
        {
            GuestBuffer message = Fill(CanGuest.Message(new CanFrame((uint)number, [(byte)number])));
            GuestBuffer result = bench.World.Heap.Allocate(1);
            Add(CanGuest.Transmit, message.ToDevice, result.FromDevice);
            _sending.Add(_cookie, (number, result));
        }

        public void Listen()
        {
            if (_listening.Count >= 4) { return; }
            GuestBuffer buffer = bench.World.Heap.Allocate(80);
            Add(CanGuest.Receive, buffer.FromDevice);
            _listening.Add(_cookie, buffer);
        }

        public void Command(ushort type)
        {
            byte[] message = new byte[2];
            BinaryPrimitives.WriteUInt16LittleEndian(message, type);
            Add(CanGuest.Control, Fill(message).ToDevice, bench.World.Heap.Allocate(1).FromDevice);
            Commands++;
        }

        public void Take()
        {
            while (bench.World.Rings[CanGuest.Transmit].TryTake(out ulong cookie, out uint written))
            {
                Assert.Equal(1u, written);
                Assert.True(_sending.Remove(cookie, out (int Number, GuestBuffer Result) done));
                Results.Add(done.Number, done.Result.Span[0]);
            }
            while (bench.World.Rings[CanGuest.Receive].TryTake(out ulong cookie, out uint written))
            {
                Assert.True(_listening.Remove(cookie, out GuestBuffer buffer));
                Received.Add(CanGuest.Read(buffer, written).Id);
            }
            while (bench.World.Rings[CanGuest.Control].TryTake(out _, out _)) { Commands--; }
        }

        private void Add(int queue, params ReadOnlySpan<DriverBuffer> buffers)
        {
            Assert.True(bench.World.Rings[queue].TryAdd(buffers, ++_cookie), $"Queue {queue} has no room.");
            bench.World.Rings[queue].Publish();
        }

        private GuestBuffer Fill(byte[] bytes)
        {
            GuestBuffer buffer = bench.World.Heap.Allocate(bytes.Length);
            bytes.CopyTo(buffer.Span);
            return buffer;
        }
    }
}
