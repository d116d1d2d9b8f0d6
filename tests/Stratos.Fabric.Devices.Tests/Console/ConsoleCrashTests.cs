using Stratos.Fabric.Devices.Console;
using Stratos.Fabric.Devices.Tests.Bench;
using Stratos.Fabric.Virtio.Driver;
using Stratos.Testing;

namespace Stratos.Fabric.Devices.Tests.Console;

/// <summary>A console whose process dies at every step: each byte comes out once and in order, each byte typed arrives once and in order.</summary>
public sealed class ConsoleCrashTests
{
    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    public void Output_and_input_are_exact_over_a_death_at_every_step(ulong features)
    {
        int steps = Run(features, seed: 1, []);
        Assert.True(steps > 100, $"Only {steps} steps: the scenario has nothing to kill.");
        for (int death = 1; death <= steps; death++) { Run(features, seed: 1, [death]); }
    }

    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    public void Output_and_input_are_exact_over_many_deaths_in_a_row(ulong features)
    {
        for (int seed = 0; seed < CampaignSize.Of(40, 2000); seed++)
        {
            Random random = new(seed);
            int at = 0;
            Run(features, seed, Enumerable.Range(0, 15).Select(_ => at += random.Next(1, 40)).ToArray());
        }
    }

    private static int Run(ulong features, int seed, int[] deaths)
    {
        try
        {
            return RunOnce(features, seed, deaths);
        }
        catch (Exception failure)
        {
            throw new InvalidOperationException($"Seed {seed}, deaths at {string.Join(", ", deaths)}: {failure.Message}", failure);
        }
    }

    private static int RunOnce(ulong features, int seed, int[] deaths)
    {
        const int Outputs = 8, InputBytes = 40;
        Random random = new(seed);
        PlayedTerminal terminal = new() { Room = 0 };
        using CrashBench bench = new(
            () => new ConsoleDevice(new() { Ports = [new() { Stream = "played" }] }, [terminal.Connect()]),
            features,
            () =>
            {
                (byte[] Shown, int Taken) saved = terminal.Save();
                return () => terminal.Restore(saved);
            },
            deaths);
        terminal.Step = bench.Step;
        List<byte> sent = [];
        List<byte> received = [];
        Dictionary<ulong, GuestBuffer> buffers = [];
        ulong sentRequests = 0, doneRequests = 0, posted = 0;
        byte next = 0;
        for (int round = 0; doneRequests < Outputs || received.Count < InputBytes; round++)
        {
            Assert.True(round < 5_000, $"{doneRequests} of {Outputs} outputs, {received.Count} of {InputBytes} bytes of input, and no progress.");
            if (sentRequests < Outputs && random.Next(3) == 0)
            {
                GuestBuffer buffer = bench.World.Heap.Allocate(random.Next(1, 12));
                for (int i = 0; i < buffer.Length; i++) { sent.Add(buffer.Span[i] = next++); }
                if (bench.World.Rings[1].TryAdd([buffer.ToDevice], ++sentRequests)) { bench.World.Rings[1].Publish(); }
                else { Assert.Fail("The transmit ring has no room."); }
            }
            if (buffers.Count < 4)
            {
                GuestBuffer buffer = bench.World.Heap.Allocate(random.Next(1, 9));
                if (bench.World.Rings[0].TryAdd([buffer.FromDevice], ++posted))
                {
                    buffers.Add(posted, buffer);
                    bench.World.Rings[0].Publish();
                }
            }
            if (terminal.Typed.Count < InputBytes && random.Next(3) == 0)
            {
                byte[] typed = [.. Enumerable.Range(terminal.Typed.Count, Math.Min(random.Next(1, 7), InputBytes - terminal.Typed.Count)).Select(static i => (byte)i)];
                bench.Survive(() => terminal.Type(typed));
            }
            if (random.Next(2) == 0)
            {
                terminal.Room = random.Next(1, 20);
                bench.Survive(() => terminal.Change(static _ => { }));
            }
            if (random.Next(8) == 0)
            {
                terminal.IsConnected = !terminal.IsConnected;
                bench.Survive(() => terminal.Change(static _ => { }));
            }
            bench.Pass();
            while (bench.World.Rings[1].TryTake(out ulong done, out _)) { Assert.Equal(++doneRequests, done); }
            while (bench.World.Rings[0].TryTake(out ulong done, out uint written))
            {
                Assert.True(buffers.Remove(done, out GuestBuffer buffer));
                received.AddRange(buffer.Span[..(int)written]);
            }
        }
        Assert.Equal(sent, terminal.Shown);
        Assert.Equal(terminal.Typed, received);
        Assert.Equal(deaths.Count(death => death <= bench.Steps), bench.Died);
        return bench.Steps;
    }
}
