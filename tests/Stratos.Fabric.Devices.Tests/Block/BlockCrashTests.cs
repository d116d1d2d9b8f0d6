using System.Buffers.Binary;
using Stratos.Fabric.Devices.Block;
using Stratos.Fabric.Devices.Tests.Bench;
using Stratos.Fabric.Virtio.Driver;
using Stratos.Testing;

namespace Stratos.Fabric.Devices.Tests.Block;

/// <summary>A disk whose process dies at every step: each request is answered once, and what was answered is what the disk holds.</summary>
public sealed class BlockCrashTests
{
    private const int Sectors = 8, Total = 24;

    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    public void The_disk_holds_what_was_completed_over_a_death_at_every_step(ulong features)
    {
        int steps = Run(features, seed: 1, []);
        Assert.True(steps > 100, $"Only {steps} steps: the scenario has nothing to kill.");
        for (int death = 1; death <= steps; death++) { Run(features, seed: 1, [death]); }
    }

    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    public void The_disk_holds_what_was_completed_over_many_deaths_in_a_row(ulong features)
    {
        for (int seed = 0; seed < CampaignSize.Of(40, 2000); seed++)
        {
            Random random = new(seed);
            int at = 0;
            Run(features, seed, Enumerable.Range(0, 15).Select(_ => at += random.Next(1, 30)).ToArray());
        }
    }

    private static int Run(ulong features, int seed, int[] deaths)
    {
        Random random = new(seed);
        byte[] disk = new byte[Sectors * 512];
        CrashBench bench = null!;
        using (bench = new CrashBench(
            () => new BlockDevice(new PlayedStore(disk, () => bench.Step()), new()),
            features,
            () =>
            {
                byte[] saved = [.. disk];
                return () => saved.CopyTo(disk, 0);
            },
            deaths))
        {
            new Exchange(bench, disk, random, $"seed {seed}, deaths at {string.Join(", ", deaths)}").Run();
            return bench.Steps;
        }
    }

    /// <summary>Requests to distinct sectors in flight, and a model of what the completed ones left on the disk.</summary>
    private sealed class Exchange(CrashBench bench, byte[] disk, Random random, string where)
    {
        private readonly byte[] _model = new byte[Sectors];
        private readonly Dictionary<ulong, (int Sector, uint Type, byte Value, GuestBuffer Data, GuestBuffer Status)> _inFlight = [];
        private ulong _sent;

        public void Run()
        {
            for (int round = 0; _sent < Total || _inFlight.Count > 0; round++)
            {
                Assert.True(round < 5_000, $"{where}: {_inFlight.Count} requests never came back.");
                while (_sent < Total && _inFlight.Count < 3 && random.Next(3) > 0) { Send(); }
                bench.Pass();
                while (bench.World.Rings[0].TryTake(out ulong cookie, out uint written)) { Check(cookie, written); }
            }
            for (int sector = 0; sector < Sectors; sector++) { AssertAll(_model[sector], disk.AsSpan(sector * 512, 512)); }
        }

        private void Send()
        {
            int sector = random.Next(Sectors);
            if (_inFlight.Values.Any(request => request.Sector == sector)) { return; }
            (uint type, byte value) = (random.Next(4) is 0 ? 0u : 1u, (byte)++_sent);
            GuestBuffer header = bench.World.Heap.Allocate(16);
            BinaryPrimitives.WriteUInt32LittleEndian(header.Span, type);
            BinaryPrimitives.WriteUInt64LittleEndian(header.Span[8..], (ulong)sector);
            GuestBuffer data = bench.World.Heap.Allocate(512);
            if (type == 1) { data.Span.Fill(value); }
            GuestBuffer status = bench.World.Heap.Allocate(1);
            status.Span[0] = BlockGuest.Untouched;
            Assert.True(bench.World.Rings[0].TryAdd([header.ToDevice, type == 1 ? data.ToDevice : data.FromDevice, status.FromDevice], _sent));
            bench.World.Rings[0].Publish();
            _inFlight.Add(_sent, (sector, type, value, data, status));
        }

        private void Check(ulong cookie, uint written)
        {
            Assert.True(_inFlight.Remove(cookie, out var request), $"{where}: request {cookie} came back twice.");
            Assert.Equal(BlockGuest.Ok, request.Status.Span[0]);
            if (request.Type == 1)
            {
                Assert.Equal(1u, written);
                _model[request.Sector] = request.Value;
            }
            else
            {
                Assert.Equal(513u, written);
                AssertAll(_model[request.Sector], request.Data.Span);
            }
        }

        private void AssertAll(byte value, ReadOnlySpan<byte> bytes) => Assert.False(bytes.ContainsAnyExcept(value), $"{where}: {bytes[0]} instead of {value}.");
    }
}
