using System.Buffers.Binary;
using Stratos.Fabric.Devices.Gpio;
using Stratos.Fabric.Devices.Gpio.Simulated;
using Stratos.Fabric.Devices.Tests.Bench;
using Stratos.Fabric.Virtio.Driver;
using Stratos.Testing;

namespace Stratos.Fabric.Devices.Tests.Gpio;

/// <summary>
/// Lines whose process dies at every step: every edge is an interrupt once, every level that the driver sets is on the line
/// once, and no request meets an error.
/// </summary>
public sealed class GpioCrashTests
{
    [Theory]
    [MemberData(nameof(RingKinds.OutOfOrder), MemberType = typeof(RingKinds))]
    [Proves("gpio", "buffers, latched edges, directions and levels outlive the backend", "5.18.7")]
    public void Edges_and_levels_are_exact_over_a_death_at_every_step(ulong features)
    {
        int steps = Run(features, seed: 1, []);
        Assert.True(steps > 100, $"Only {steps} steps: the scenario has nothing to kill.");
        for (int death = 1; death <= steps; death++) { Run(features, seed: 1, [death]); }
    }

    [Theory]
    [MemberData(nameof(RingKinds.OutOfOrder), MemberType = typeof(RingKinds))]
    public void Edges_and_levels_are_exact_over_many_deaths_in_a_row(ulong features)
    {
        for (int seed = 0; seed < CampaignSize.Of(40, 2000); seed++)
        {
            Random random = new(seed);
            int at = 0;
            Run(features, seed, [.. Enumerable.Range(0, 15).Select(_ => at += random.Next(1, 40))]);
        }
    }

    private static int Run(ulong features, int seed, int[] deaths)
    {
        try
        {
            using Scenario scenario = new(features, seed, deaths);
            return scenario.Play();
        }
        catch (Exception failure)
        {
            throw new InvalidOperationException($"Seed {seed}, deaths at {string.Join(", ", deaths)}: {failure.Message}", failure);
        }
    }

    private sealed class Scenario : IDisposable
    {
        private const int Lines = 4, Edges = 8, Writes = 10;

        // By line: each with another type; line 3 is the output.
        private static readonly uint[] Types = [GpioGuest.Rising, GpioGuest.Both, GpioGuest.High];

        private readonly GpioBank _bank = GpioBank.Private(Lines);
        private readonly Random _random;
        private readonly CrashBench _bench;
        private readonly int[] _deaths;
        private readonly Dictionary<ulong, (ushort Line, GuestBuffer Response)> _unmasked = [];
        private readonly Queue<byte[]> _toDo = new();
        private readonly ulong[] _heard = new ulong[Lines];
        private PlayedBankPort _port = null!;
        private GuestBuffer? _answer;
        private ulong _cookie;
        private int _driven, _answered;

        public Scenario(ulong features, int seed, int[] deaths)
        {
            (_random, _deaths) = (new Random(seed), deaths);
            _bench = new CrashBench(
                () => new GpioDevice(_port = new PlayedBankPort(_bank, () => _bench?.Step())),
                features,
                () =>
                {
                    byte[] board = _bank.Bytes.ToArray();
                    return () => board.CopyTo(_bank.Bytes);
                },
                deaths);
        }

        public int Play()
        {
            for (ushort line = 0; line < Types.Length; line++)
            {
                Plan(GpioGuest.SetDirection, line, GpioGuest.In);
                Plan(GpioGuest.SetInterrupt, line, Types[line]);
            }
            Plan(GpioGuest.SetDirection, 3, GpioGuest.Out);
            for (int write = 1; write <= Writes; write++) { Plan(GpioGuest.SetValue, 3, (uint)write & 1); }
            for (int round = 0; _toDo.Count > 0 || _answer is not null || _driven < Edges || !IsQuiet(); round++)
            {
                Assert.True(round < 5_000, $"{_toDo.Count} requests left, {_driven} edges driven, {string.Join(", ", _heard)} heard, and no progress: {string.Join("; ", Enumerable.Range(0, Lines).Select(_bank.Inspect))}.");
                Ask();
                Unmask();
                DriveSomething();
                _bench.Pass();
                Take();
            }
            Assert.Equal(_bank.Inspect(0).Rises, _heard[0]);
            Assert.Equal(_bank.Inspect(1).Transitions, _heard[1]);
            Assert.Equal((ulong)Writes, _bank.Inspect(3).Transitions);
            Assert.Equal(_deaths.Count(death => death <= _bench.Steps), _bench.Died);
            return _bench.Steps;
        }

        public void Dispose() => _bench.Dispose();

        // Edges count from the moment on at which the driver knows that the interrupt is enabled: two requests for each line.
        private bool IsEnabled(int line) => _answered >= 2 * (line + 1);

        private bool IsQuiet() => _heard[0] == _bank.Inspect(0).Rises && _heard[1] == _bank.Inspect(1).Transitions && !_bank.Inspect(2).Level;

        private void Plan(ushort type, ushort line, uint value)
        {
            byte[] request = new byte[8];
            BinaryPrimitives.WriteUInt16LittleEndian(request, type);
            BinaryPrimitives.WriteUInt16LittleEndian(request.AsSpan(2), line);
            BinaryPrimitives.WriteUInt32LittleEndian(request.AsSpan(4), value);
            _toDo.Enqueue(request);
        }

        private void Ask()
        {
            if (_answer is not null || !_toDo.TryDequeue(out byte[]? bytes)) { return; }
            GuestBuffer request = _bench.World.Heap.Allocate(bytes.Length);
            bytes.CopyTo(request.Span);
            GuestBuffer response = _bench.World.Heap.Allocate(2);
            response.Span.Fill(0xAA);
            Post(GpioGuest.Requests, request, response);
            _answer = response;
        }

        // A driver unmasks a line after it was enabled, and again some time after each interrupt.
        private void Unmask()
        {
            for (ushort line = 0; line < Types.Length; line++)
            {
                if (!IsEnabled(line) || _unmasked.Values.Any(other => other.Line == line) || _random.Next(3) == 0) { continue; }
                GuestBuffer request = _bench.World.Heap.Allocate(2);
                BinaryPrimitives.WriteUInt16LittleEndian(request.Span, line);
                GuestBuffer response = _bench.World.Heap.Allocate(1);
                response.Span.Fill(0xAA);
                _unmasked.Add(Post(GpioGuest.Events, request, response), (line, response));
            }
        }

        private void DriveSomething()
        {
            int line = _random.Next(Types.Length);
            if (!IsEnabled(line) || _random.Next(3) != 0 || (_driven >= Edges && line != 2) || (_driven >= Edges && !_bank.Inspect(2).Level)) { return; }
            _driven++;
            _bank.Drive(line, !_bank.Inspect(line).Level);
            // At times nobody is told at once: the next look finds it.
            if (_random.Next(4) != 0) { _bench.Survive(_port.Changed); }
        }

        private ulong Post(int queue, GuestBuffer request, GuestBuffer response)
        {
            Assert.True(_bench.World.Rings[queue].TryAdd([request.ToDevice, response.FromDevice], ++_cookie), "The ring has no room.");
            _bench.World.Rings[queue].Publish();
            return _cookie;
        }

        private void Take()
        {
            if (_random.Next(3) == 0) { _bench.Survive(_port.Changed); }
            while (_bench.World.Rings[GpioGuest.Requests].TryTake(out _, out uint written))
            {
                Assert.Equal(2u, written);
                Assert.Equal([GpioGuest.Ok, 0], _answer!.Value.Span.ToArray());
                _answer = null;
                _answered++;
            }
            while (_bench.World.Rings[GpioGuest.Events].TryTake(out ulong cookie, out uint written))
            {
                Assert.True(_unmasked.Remove(cookie, out (ushort Line, GuestBuffer Response) taken));
                Assert.Equal(1u, written);
                Assert.Equal(GpioGuest.Valid, taken.Response.Span[0]);
                _heard[taken.Line]++;
            }
        }
    }
}
