using Stratos.Fabric.Devices.Spi;
using Stratos.Fabric.Devices.Spi.Simulation;
using Stratos.Fabric.Devices.Tests.Bench;
using Stratos.Fabric.Devices.Transfers;
using Stratos.Testing;

namespace Stratos.Fabric.Devices.Tests.Spi;

/// <summary>
/// A controller whose server dies at every step between two stores: with simulated chips each transfer happens exactly once
/// and the driver sees no error; on a bus without evidence nothing happens twice.
/// </summary>
public sealed class SpiCrashTests
{
    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    [Proves("spi", "killed at every step: each transfer exactly once, no error", "docs/writing-a-device.md")]
    public void Simulated_chips_are_exact_over_a_death_at_every_step(ulong features)
    {
        int steps = Play(features, []);
        Assert.True(steps > 200, $"Only {steps} steps: the scenario has nothing to kill.");
        for (int death = 1; death <= steps; death++) { Play(features, [death]); }
    }

    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    public void Simulated_chips_are_exact_over_many_deaths_in_a_row(ulong features)
    {
        for (int seed = 0; seed < CampaignSize.Of(8, 400); seed++)
        {
            Random random = new(seed);
            int at = 0;
            int[] deaths = [.. Enumerable.Range(0, 15).Select(_ => at += random.Next(1, 60))];
            try
            {
                Play(features, deaths);
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"Seed {seed}: {failure.Message}", failure);
            }
        }
    }

    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    [Proves("spi", "without evidence of the bus a started transfer is failed, never repeated", "docs/writing-a-device.md")]
    public void A_bus_without_evidence_never_repeats(ulong features)
    {
        int steps = PlayReal(features, [], out _);
        int failed = 0;
        for (int death = 1; death <= steps; death++)
        {
            PlayReal(features, [death], out int errors);
            failed += errors;
        }
        Assert.True(failed > 0, "No death hit a transfer.");
    }

    /// <summary>An erase, two programs that only fit once, transfers of a counting loopback, and a read, all in flight together.</summary>
    private static int Play(ulong features, int[] deaths)
    {
        SpiChip[] Chips() => [new SpiLoopback(0), new NorFlash(8, 1)];
        using SimulatedSpiBus board = SimulatedSpiBus.Private(Chips());
        CrashBench? bench = null;
        void Step() => bench?.Step();
        using CrashBench made = new(
            () =>
            {
                SimulatedSpiBus bus = board.Again(Chips());
                bus.Probe = Step;
                return new SpiControllerDevice(new Kept(bus)) { Probe = Step };
            },
            features,
            SaveOf(board),
            deaths);
        bench = made;
        SpiGuest guest = new(bench.World.Heap);
        (byte Chip, byte[]? Sent, int? Received)[] script =
        [
            (1, [6], null), (1, [0x20], null), (1, [0, 0x10, 0], null), (0, [1, 2], 2),
            (1, [6], null), (1, [2], null), (1, [0, 0x10, 0x20], null), (1, [0x0F], null),
            (0, [3], null), (1, [6], null), (1, [2, 0, 0x10, 0x21, 0xF0], null), (1, [3, 0, 0x10, 0x20], null), (1, null, 2), (0, null, 3),
        ];
        Queue<SpiGuest.Request> sent = [];
        int next = 0;
        for (int round = 0; next < script.Length || sent.Count > 0; round++)
        {
            Assert.True(round < 2_000, "Nothing moves.");
            while (next < script.Length && sent.Count < 5)
            {
                (byte chip, byte[]? bytes, int? received) = script[next++];
                SpiGuest.Request request = guest.Make(new(chip), bytes, received);
                Assert.True(bench.World.Rings[0].TryAdd(request.Buffers, (ulong)next));
                sent.Enqueue(request);
            }
            bench.World.Rings[0].Publish();
            bench.Pass();
            while (bench.World.Rings[0].TryTake(out ulong done, out _))
            {
                SpiGuest.Request request = sent.Dequeue();
                Assert.Equal(0, request.Code);
                byte[]? expected = done switch { 4 => [1, 2], 13 => [0x0F, 0xF0], 14 => [0, 0, 0], _ => null };
                if (expected is not null) { Assert.Equal(expected, request.Bytes); }
            }
        }
        SpiChip[] after = [.. board.Again(Chips()).Chips];
        Assert.Equal((3ul, 6ul), (((SpiLoopback)after[0]).Transfers, ((SpiLoopback)after[0]).Bytes));
        Assert.Equal([0x0F, 0xF0, 0xFF], ((NorFlash)after[1]).Contents(0x1020, 3));
        Assert.Equal(deaths.Count(death => death <= bench.Steps), bench.Died);
        return bench.Steps;
    }

    /// <summary>Transfers on a bus that remembers nothing; each has a length of its own, and none may come twice.</summary>
    private static int PlayReal(ulong features, int[] deaths, out int errors)
    {
        List<string> onTheBus = [];
        CrashBench? bench = null;
        using CrashBench made = new(
            () =>
            {
                PlayedSpiPort port = new();
                port.Before = () =>
                {
                    bench?.Step();
                    onTheBus.Add(port.Transfers[^1]);
                    bench?.Step();
                };
                return new SpiControllerDevice(port) { Probe = () => bench?.Step() };
            },
            features,
            () =>
            {
                string[] saved = [.. onTheBus];
                return () =>
                {
                    onTheBus.Clear();
                    onTheBus.AddRange(saved);
                };
            },
            deaths);
        bench = made;
        SpiGuest guest = new(bench.World.Heap);
        SpiGuest.Request[] requests = [.. Enumerable.Range(1, 4).Select(i => guest.Make(new(0), new byte[i], null))];
        foreach (SpiGuest.Request request in requests) { Assert.True(bench.World.Rings[0].TryAdd(request.Buffers, 1)); }
        bench.World.Rings[0].Publish();
        for (int left = requests.Length, round = 0; left > 0; round++)
        {
            Assert.True(round < 100, "A request was lost.");
            bench.Pass();
            while (bench.World.Rings[0].TryTake(out _, out _)) { left--; }
        }
        errors = requests.Count(static request => request.Code == 2);
        Assert.All(requests, request => Assert.True(request.Code == 2 || onTheBus.Contains($"0:w{request.Sent!.Value.Length}"), "A success that never was."));
        Assert.Equal(onTheBus.Distinct(), onTheBus);
        return bench.Steps;
    }

    private static Func<Action> SaveOf(SimulatedSpiBus board) => board.Save;

    /// <summary>A private board belongs to the test, not to the device that dies.</summary>
    private sealed class Kept(SimulatedSpiBus bus) : ISpiPort
    {
        public SpiCapabilities Capabilities => bus.Capabilities;

        public bool IsImmediate => true;

        public void Join(ulong client) => bus.Join(client);

        public bool Transfer(TransferId id, SpiSettings settings, ReadOnlySpan<byte> sent, Span<byte> received, Action<bool> deliver) =>
            bus.Transfer(id, settings, sent, received, deliver);

        public void Deselect(byte chipSelect) => bus.Deselect(chipSelect);

        public TransferFate Recall(TransferId id) => bus.Recall(id);

        public void Dispose() { }
    }
}
