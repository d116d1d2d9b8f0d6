using Stratos.Fabric.Devices.I2c;
using Stratos.Fabric.Devices.I2c.Simulation;
using Stratos.Fabric.Devices.Tests.Bench;
using Stratos.Testing;

namespace Stratos.Fabric.Devices.Tests.I2c;

/// <summary>
/// A bus whose server dies at every step between two stores: on a simulated bus each message happens exactly once and the
/// driver sees no error; on a bus without evidence nothing happens twice.
/// </summary>
public sealed class I2cCrashTests
{
    private static readonly I2cAddress Counter = I2cGuest.At(0x30);
    private static readonly I2cAddress Rom = I2cGuest.At(0x50);
    private static readonly I2cAddress Nobody = I2cGuest.At(0x11);

    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    [Proves("i2c", "killed at every step: each message exactly once, no error", "docs/writing-a-device.md")]
    public void A_simulated_bus_is_exact_over_a_death_at_every_step(ulong features)
    {
        int steps = Repeat(features, 1, []);
        Assert.True(steps > 200, $"Only {steps} steps: the scenario has nothing to kill.");
        for (int death = 1; death <= steps; death++) { Repeat(features, 1, [death]); }
    }

    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    public void A_simulated_bus_is_exact_over_many_deaths_in_a_row(ulong features)
    {
        for (int seed = 0; seed < CampaignSize.Of(60, 3000); seed++)
        {
            Random random = new(seed);
            int at = 0;
            Repeat(features, seed, [.. Enumerable.Range(0, 15).Select(_ => at += random.Next(1, 60))]);
        }
    }

    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    [Proves("i2c", "without evidence of the bus a started transfer is failed, never repeated", "docs/writing-a-device.md")]
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

    private static int Repeat(ulong features, int seed, int[] deaths)
    {
        try
        {
            return Play(features, seed, deaths);
        }
        catch (Exception failure)
        {
            throw new InvalidOperationException($"Seed {seed}, deaths at {string.Join(", ", deaths)}: {failure.Message}", failure);
        }
    }

    /// <summary>Groups of one to three requests against a counter, an EEPROM and an empty address, and what must have come of them.</summary>
    private static int Play(ulong features, int seed, int[] deaths)
    {
        const int Groups = 12;
        Random random = new(seed);
        using SimulatedI2cBus board = SimulatedI2cBus.Private(new I2cTally(Counter), new Eeprom24(2, Rom));
        CrashBench? bench = null;
        void Step() => bench?.Step();
        using CrashBench made = new(
            () =>
            {
                SimulatedI2cBus bus = board.Again(new I2cTally(Counter), new Eeprom24(2, Rom));
                bus.Probe = Step;
                return new I2cAdapterDevice(new Undisposed(bus), time: new PlayedTime()) { Probe = Step };
            },
            features,
            board.Save,
            deaths);
        bench = made;
        I2cGuest guest = new(bench.World.Heap);
        Model model = new();
        Queue<(ulong Cookie, I2cGuest.Request Request, bool Succeeds, byte[]? Reads)> sent = [];
        ulong cookie = 0;
        int groups = 0;
        for (int round = 0; groups < Groups || sent.Count > 0; round++)
        {
            Assert.True(round < 5_000, $"{sent.Count} requests are open and nothing moves.");
            if (groups < Groups && sent.Count <= 4 && random.Next(2) == 0)
            {
                groups++;
                foreach ((I2cGuest.Request request, bool succeeds, byte[]? reads) in model.Make(guest, random))
                {
                    Assert.True(bench.World.Rings[0].TryAdd(request.Buffers, ++cookie));
                    sent.Enqueue((cookie, request, succeeds, reads));
                }
                bench.World.Rings[0].Publish();
            }
            bench.Pass();
            while (bench.World.Rings[0].TryTake(out ulong done, out _))
            {
                (ulong expected, I2cGuest.Request request, bool succeeds, byte[]? reads) = sent.Dequeue();
                Assert.Equal(expected, done);
                Assert.Equal(succeeds, request.Succeeded);
                Assert.Equal(!succeeds, request.Failed);
                if (succeeds && reads is not null) { Assert.Equal(reads, request.Bytes); }
            }
        }
        SimulatedI2cBus after = board.Again(new I2cTally(Counter), new Eeprom24(2, Rom));
        Assert.Equal(model.Writes, ((I2cTally)after.Chips[0]).Writes);
        Assert.Equal(model.Reads, ((I2cTally)after.Chips[0]).Reads);
        Assert.Equal(model.Cells, ((Eeprom24)after.Chips[1]).Contents());
        Assert.Equal(deaths.Count(death => death <= bench.Steps), bench.Died);
        return bench.Steps;
    }

    /// <summary>Runs transfers on a bus that remembers nothing; each carries its own number, and none may come twice.</summary>
    private static int PlayReal(ulong features, int[] deaths, out int errors)
    {
        List<string> onTheBus = [];
        CrashBench? bench = null;
        using CrashBench made = new(
            () =>
            {
                PlayedPort port = new();
                port.Before = () =>
                {
                    bench?.Step();
                    onTheBus.Add(port.Transfers[^1]);
                    bench?.Step();
                };
                return new I2cAdapterDevice(port, time: new PlayedTime()) { Probe = () => bench?.Step() };
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
        I2cGuest guest = new(bench.World.Heap);
        errors = 0;
        for (int i = 1; i <= 4; i++)
        {
            I2cGuest.Request first = guest.Write(Rom, new byte[i], more: true);
            I2cGuest.Request second = guest.Read(Rom, i);
            foreach (I2cGuest.Request request in new[] { first, second }) { Assert.True(bench.World.Rings[0].TryAdd(request.Buffers, 1)); }
            bench.World.Rings[0].Publish();
            int left = 2;
            for (int round = 0; left > 0; round++)
            {
                Assert.True(round < 100, "A request was lost.");
                bench.Pass();
                while (bench.World.Rings[0].TryTake(out _, out _)) { left--; }
            }
            Assert.True(first.Succeeded || second.Failed, "A group went on behind its failed request.");
            errors += first.Failed ? 1 : 0;
            Assert.True(first.Failed || onTheBus.Contains($"w{i}@0x50 r{i}@0x50"), "A success that never was.");
        }
        Assert.Equal(onTheBus.Distinct(), onTheBus);
        return bench.Steps;
    }

    /// <summary>A private board belongs to the test, not to the device that dies.</summary>
    private sealed class Undisposed(SimulatedI2cBus bus) : II2cPort
    {
        public bool IsImmediate => true;

        public void Join(ulong client) => bus.Join(client);

        public I2cResult Transfer(Transfers.TransferId id, ReadOnlySpan<I2cMessage> messages, Action<I2cResult> deliver) => bus.Transfer(id, messages, deliver);

        public Transfers.TransferFate Recall(Transfers.TransferId id) => bus.Recall(id);

        public void Dispose() { }
    }

    /// <summary>What the chips must hold after the groups that were made.</summary>
    private sealed class Model
    {
        public uint Writes { get; private set; }

        public uint Reads { get; private set; }

        public byte[] Cells { get; } = [.. Enumerable.Repeat((byte)0xFF, 256)];

        public List<(I2cGuest.Request Request, bool Succeeds, byte[]? Reads)> Make(I2cGuest guest, Random random)
        {
            int at = random.Next(0, 256);
            byte value = (byte)random.Next(256);
            switch (random.Next(4))
            {
                case 0:
                    Writes++;
                    return [(guest.Write(Counter, [value]), true, null)];
                case 1:
                    Writes++;
                    Reads++;
                    return [(guest.Write(Counter, [], more: true), true, null), (guest.Read(Counter, 1), true, [(byte)Writes])];
                case 2:
                    Cells[at] = value;
                    return [(guest.Write(Rom, [(byte)at, value]), true, null), (guest.Write(Rom, [(byte)at], more: true), true, null), (guest.Read(Rom, 1), true, [value])];
                default:
                    Writes++;
                    return [(guest.Write(Counter, [1], more: true), true, null), (guest.Write(Nobody, [1], more: true), false, null), (guest.Write(Counter, [1]), false, null)];
            }
        }
    }
}
