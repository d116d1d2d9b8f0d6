using System.Buffers.Binary;
using Stratos.Fabric.Devices.Console;
using Stratos.Fabric.Devices.Tests.Bench;
using Stratos.Fabric.Virtio.Driver;
using Stratos.Testing;

namespace Stratos.Fabric.Devices.Tests.Console;

/// <summary>The control queues of a console whose process dies at every step: each message arrives, and no port is added twice.</summary>
public sealed class ControlCrashTests
{
    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    public void Every_message_arrives_once_over_a_death_at_every_step(ulong features)
    {
        int steps = Run(features, []);
        for (int death = 1; death <= steps; death++) { Run(features, [death]); }
    }

    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    public void Every_message_arrives_once_over_many_deaths_in_a_row(ulong features)
    {
        for (int seed = 0; seed < CampaignSize.Of(40, 2000); seed++)
        {
            Random random = new(seed);
            int at = 0;
            Run(features, Enumerable.Range(0, 12).Select(_ => at += random.Next(1, 25)).ToArray());
        }
    }

    private static int Run(ulong features, int[] deaths)
    {
        PlayedTerminal[] terminals = [new(), new()];
        ConsoleOptions options = new() { Ports = [new() { Stream = "0" }, new() { Stream = "1", Name = "log" }] };
        using CrashBench bench = new(
            () => new ConsoleDevice(options, [.. terminals.Select(static terminal => terminal.Connect())]), features, static () => static () => { }, deaths);
        List<(uint Port, ushort Event, ushort Value)> heard = [];
        Dictionary<ulong, GuestBuffer> listening = [];
        ulong cookie = 0;
        Say(bench, 0, 0, 1);
        for (int round = 0; heard.Count < 6 || round < 40; round++)
        {
            Assert.True(round < 1000, $"Deaths at {string.Join(", ", deaths)}: only {string.Join(" ", heard)}.");
            while (listening.Count < 3)
            {
                GuestBuffer buffer = bench.World.Heap.Allocate(32);
                Assert.True(bench.World.Rings[2].TryAdd([buffer.FromDevice], ++cookie));
                bench.World.Rings[2].Publish();
                listening.Add(cookie, buffer);
            }
            bench.Pass();
            while (bench.World.Rings[3].TryTake(out _, out _)) { }
            while (bench.World.Rings[2].TryTake(out ulong done, out _))
            {
                Assert.True(listening.Remove(done, out GuestBuffer buffer));
                (uint port, ushort kind, ushort value) = (
                    BinaryPrimitives.ReadUInt32LittleEndian(buffer.Span),
                    BinaryPrimitives.ReadUInt16LittleEndian(buffer.Span[4..]),
                    BinaryPrimitives.ReadUInt16LittleEndian(buffer.Span[6..]));
                heard.Add((port, kind, value));
                if (kind == 1) { Say(bench, port, 3, 1); }
            }
        }
        Assert.Equal([(0, 1, 0), (0, 4, 1), (0, 6, 1), (1, 1, 0), (1, 6, 1), (1, 7, 1)], heard.Select(static m => ((int)m.Port, (int)m.Event, (int)m.Value)).Order());
        return bench.Steps;
    }

    private static void Say(CrashBench bench, uint port, ushort kind, ushort value)
    {
        GuestBuffer message = bench.World.Heap.Allocate(8);
        BinaryPrimitives.WriteUInt32LittleEndian(message.Span, port);
        BinaryPrimitives.WriteUInt16LittleEndian(message.Span[4..], kind);
        BinaryPrimitives.WriteUInt16LittleEndian(message.Span[6..], value);
        Assert.True(bench.World.Rings[3].TryAdd([message.ToDevice], 1000 + port));
        bench.World.Rings[3].Publish();
    }
}
