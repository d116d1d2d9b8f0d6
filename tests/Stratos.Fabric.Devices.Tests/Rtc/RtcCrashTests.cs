using System.Buffers.Binary;
using Stratos.Fabric.Devices.Rtc;
using Stratos.Fabric.Devices.Rtc.Simulation;
using Stratos.Fabric.Devices.Tests.Bench;
using Stratos.Fabric.Virtio.Driver;
using Stratos.Testing;

namespace Stratos.Fabric.Devices.Tests.Rtc;

/// <summary>An RTC device whose process dies at every step: each alarm rings once, and what was set stays set.</summary>
public sealed class RtcCrashTests
{
    private const int Alarms = 6;

    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    [Proves("rtc", "alarms survive the death of the backend at every step and ring once each", "5.23.6.4")]
    public void Each_alarm_rings_once_over_a_death_at_every_step(ulong features)
    {
        int steps = Run(features, seed: 1, []);
        Assert.True(steps > 100, $"Only {steps} steps: the scenario has nothing to kill.");
        for (int death = 1; death <= steps; death++) { Run(features, seed: 1, [death]); }
    }

    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    public void Each_alarm_rings_once_over_many_deaths_in_a_row(ulong features)
    {
        for (int seed = 0; seed < CampaignSize.Of(100, 5000); seed++)
        {
            Random random = new(seed);
            int at = 0;
            Run(features, seed, Enumerable.Range(0, 15).Select(_ => at += random.Next(1, 20)).ToArray());
        }
    }

    private static int Run(ulong features, int seed, int[] deaths)
    {
        try
        {
            using Scenario scenario = new(features, seed, deaths);
            return scenario.Run();
        }
        catch (Exception failure)
        {
            throw new InvalidOperationException($"Seed {seed}, deaths at {string.Join(", ", deaths)}: {failure.Message}", failure);
        }
    }

    private sealed class Scenario : IDisposable
    {
        private readonly Random _random;
        private readonly int _deaths;
        private readonly CrashBench _bench;
        private readonly Dictionary<ulong, GuestBuffer> _buffers = [];
        private readonly ClockBoard _board;
        private long _now = 1000;
        private RtcDevice _device = null!;
        private ulong _cookie;
        private int _rung;
        private bool _stands;

        public Scenario(ulong features, int seed, int[] deaths)
        {
            _random = new(seed);
            _board = ClockBoard.Private(() => _now);
            _board.ScriptLeapSeconds(0);
            _board.Set(ClockName.Utc, 1000);
            _board.Set(ClockName.Tai, 1000);
            CrashBench bench = null!;
            RtcDevice Make() => _device = new RtcDevice(new SimulatedClocks(_board, [ClockName.Utc, ClockName.Tai]), [0, 1], keepAlarms: true, watches: false)
            {
                Probe = () => bench?.Step(),
            };
            _bench = bench = new CrashBench(Make, features, static () => static () => { }, deaths);
            _deaths = deaths.Length;
        }

        public int Run()
        {
            for (int i = 0; i < Alarms; i++)
            {
                int clock = _random.Next(2);
                ulong time = Now(clock) - 50 + (ulong)_random.Next(150);
                Ask(RtcGuest.SetAlarmRequest(clock, time, enabled: true), 8);
                if (_random.Next(4) == 0)
                {
                    // Disabled in time it does not ring; its time is over, it rings when it is enabled.
                    bool over = Now(clock) >= time;
                    Until(() => _rung == i + 1 || !over, "an alarm that was over to ring");
                    _stands = true;
                    Ask(RtcGuest.About(0x1005, clock, 0), 8);
                    _stands = false;
                    if (over) { continue; }
                    Pass(200);
                    Settle(i);
                    Ask(RtcGuest.About(0x1005, clock, 1), 8);
                }
                Until(() => _rung == i + 1, $"alarm {i} of clock {clock} to ring; {_rung} did");
                byte[] answer = Ask(RtcGuest.About(0x1003, clock), 24);
                Assert.Equal(time, BinaryPrimitives.ReadUInt64LittleEndian(answer.AsSpan(8)));
                Assert.Equal(1, answer[16]);
                // What rang is at rest until the next round sets it.
                Ask(RtcGuest.About(0x1005, clock, 0), 8);
            }
            Settle(Alarms);
            Assert.True(_bench.Died <= _deaths);
            return _bench.Steps;
        }

        public void Dispose()
        {
            _bench.Dispose();
            _board.Dispose();
        }

        private ulong Now(int clock) => _board.TryRead(clock == 0 ? ClockName.Utc : ClockName.Tai, out long now) ? (ulong)now : 0;

        private void Pass(int nanoseconds) => _now += nanoseconds;

        /// <summary>Lets the device do what it may still have to do, and nothing of it is a notification.</summary>
        private void Settle(int expected)
        {
            for (int i = 0; i < 10; i++) { Turn(); }
            Assert.Equal(expected, _rung);
        }

        private byte[] Ask(byte[] request, int room)
        {
            GuestBuffer question = _bench.World.Heap.Allocate(request.Length);
            GuestBuffer answer = _bench.World.Heap.Allocate(room);
            request.CopyTo(question.Span);
            Assert.True(_bench.World.Rings[0].TryAdd([question.ToDevice, answer.FromDevice], ++_cookie));
            _bench.World.Rings[0].Publish();
            ulong asked = _cookie;
            bool answered = false;
            Until(
                () =>
                {
                    while (_bench.World.Rings[0].TryTake(out ulong done, out uint written))
                    {
                        Assert.Equal((asked, (uint)room), (done, written));
                        answered = true;
                    }
                    return answered;
                },
                "an answer");
            Assert.Equal(0, answer.Span[0]);
            return answer.Span.ToArray();
        }

        private void Until(Func<bool> done, string what)
        {
            for (int round = 0; !done(); round++)
            {
                Assert.True(round < 2000, $"No progress while waiting for {what}.");
                if (!_stands) { Pass(_random.Next(20)); }
                Turn();
            }
        }

        private void Turn()
        {
            if (_buffers.Count < 3 && _random.Next(2) == 0)
            {
                GuestBuffer buffer = _bench.World.Heap.Allocate(16);
                if (_bench.World.Rings[1].TryAdd([buffer.FromDevice], ++_cookie))
                {
                    _buffers.Add(_cookie, buffer);
                    _bench.World.Rings[1].Publish();
                }
            }
            if (_random.Next(2) == 0) { _bench.Survive(Look); }
            _bench.Pass();
            while (_bench.World.Rings[1].TryTake(out ulong done, out uint written))
            {
                Assert.True(_buffers.Remove(done, out GuestBuffer buffer));
                Assert.Equal(16u, written);
                Assert.Equal(0x2000, BinaryPrimitives.ReadUInt16LittleEndian(buffer.Span));
                _rung++;
            }
        }

        private void Look()
        {
            lock (_device.Gate) { _device.LookAtClocks(out _); }
        }
    }
}
