using Stratos.Fabric.Devices.Rpmb;
using Stratos.Fabric.Devices.Rpmb.Store;
using Stratos.Fabric.Devices.Simulation;
using Stratos.Fabric.Devices.Tests.Bench;
using Stratos.Fabric.Virtio.Driver;
using Stratos.Testing;

namespace Stratos.Fabric.Devices.Tests.Rpmb;

/// <summary>
/// A device whose process dies at every step, of the pump and between any two stores of its storage: the driver sees every
/// request answered once with the result that it would have had without a death, and the counter counts each write once.
/// </summary>
public sealed class RpmbCrashTests
{
    private const int Writes = 6;

    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    [Proves("rpmb", "A write is never run twice and never lost over a death at every step", "5.12.6.2")]
    public void Every_write_counts_once_over_a_death_at_every_step(ulong features)
    {
        int steps = Run(features, []);
        Assert.True(steps > 100, $"Only {steps} steps: the scenario has nothing to kill.");
        for (int death = 1; death <= steps; death++) { Run(features, [death]); }
    }

    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    public void Every_write_counts_once_over_many_deaths_in_a_row(ulong features)
    {
        for (int seed = 0; seed < CampaignSize.Of(40, 2000); seed++)
        {
            Random random = new(seed);
            int at = 0;
            Run(features, Enumerable.Range(0, 15).Select(_ => at += random.Next(1, 30)).ToArray());
        }
    }

    private static int Run(ulong features, int[] deaths)
    {
        BoardMemory board = BoardMemory.Private((int)RpmbStore.LengthFor(1));
        RpmbStore.Format(new SimulatedRpmbMedium(board), 1, "board");
        CrashBench bench = null!;
        using (bench = new CrashBench(
            () => new RpmbDevice(() => new SimulatedRpmbMedium(board) { Probe = () => bench?.Step() }, 1, new(4, 4), "board"),
            features,
            () =>
            {
                byte[] saved = board.Bytes.ToArray();
                return () => saved.CopyTo(board.Bytes);
            },
            deaths))
        {
            new Exchange(bench, $"deaths at {string.Join(", ", deaths)}").Run();
            return bench.Steps;
        }
    }

    /// <summary>A key, writes each with the next counter, two that must be refused, reads and results; all in flight as the ring allows.</summary>
    private sealed class Exchange
    {
        private readonly CrashBench _bench;
        private readonly string _where;
        private readonly List<(byte[] Frames, int Room, Action<Answer> Check)> _script = [];
        private readonly Dictionary<ulong, (GuestBuffer Response, int Step)> _inFlight = [];
        private int _sent;

        public Exchange(CrashBench bench, string where)
        {
            (_bench, _where) = (bench, where);
            Add([.. Frames.ProgramKey(), .. Frames.ResultRead()], 1, answer => Is(answer, RpmbRequestType.ProgramKey, RpmbResult.Ok));
            Add([.. Frames.ProgramKey(), .. Frames.ResultRead()], 1, answer => Is(answer, RpmbRequestType.ProgramKey, RpmbResult.WriteFailure));
            for (uint i = 0; i < Writes; i++)
            {
                uint counter = i;
                ushort blocks = (ushort)(1 + (i % 3));
                Add([.. Frames.Write(4, blocks, counter, (byte)(20 * i)), .. Frames.ResultRead()], 1, answer => IsWrite(answer, counter + 1, RpmbResult.Ok));
                Add([.. Frames.Write(4, blocks, counter, 99), .. Frames.ResultRead()], 1, answer => IsWrite(answer, counter + 1, RpmbResult.CountFailure));
                Add(Frames.ResultRead(), 1, answer => IsWrite(answer, counter + 1, RpmbResult.CountFailure));
                Add(Frames.Read(4, blocks), blocks, answer => IsRead(answer, blocks, (byte)(20 * counter)));
            }
        }

        public void Run()
        {
            for (int round = 0; _sent < _script.Count || _inFlight.Count > 0; round++)
            {
                Assert.True(round < 5_000, $"{_where}: {_inFlight.Count} requests never came back.");
                while (_sent < _script.Count && _inFlight.Count < 2) { Send(_sent++); }
                _bench.Pass();
                while (_bench.World.Rings[0].TryTake(out ulong cookie, out uint written))
                {
                    Assert.True(_inFlight.Remove(cookie, out (GuestBuffer Response, int Step) request), $"{_where}: request {cookie} came back twice.");
                    _script[request.Step].Check(new Answer(request.Response.Span[..(int)written].ToArray()));
                }
            }
        }

        private void Add(byte[] frames, int room, Action<Answer> check) => _script.Add((frames, room, check));

        private void Send(int step)
        {
            (byte[] frames, int room, _) = _script[step];
            GuestBuffer request = _bench.World.Heap.Allocate(frames.Length);
            frames.CopyTo(request.Span);
            GuestBuffer response = _bench.World.Heap.Allocate(room * RpmbFrame.Length);
            Assert.True(_bench.World.Rings[0].TryAdd([request.ToDevice, response.FromDevice], (ulong)step));
            _bench.World.Rings[0].Publish();
            _inFlight.Add((ulong)step, (response, step));
        }

        private void Is(Answer answer, RpmbRequestType to, RpmbResult result)
        {
            Assert.True(answer.To == to && answer.Result == result, $"{_where}: {answer.To} {answer.Result} instead of {to} {result}");
            Assert.True(answer.IsSigned, _where);
        }

        private void IsWrite(Answer answer, uint counter, RpmbResult result)
        {
            Is(answer, RpmbRequestType.DataWrite, result);
            Assert.True(answer.Counter == counter && answer.Address == 4, $"{_where}: counter {answer.Counter} instead of {counter}");
        }

        private void IsRead(Answer answer, int blocks, byte value)
        {
            Is(answer, RpmbRequestType.DataRead, RpmbResult.Ok);
            for (int i = 0; i < blocks; i++) { Assert.False(answer.Data(i).AsSpan().ContainsAnyExcept((byte)(value + i)), $"{_where}: {answer.Data(i)[0]} instead of {value + i}"); }
        }
    }
}
