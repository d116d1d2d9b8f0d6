using System.Buffers.Binary;
using Stratos.Fabric.Devices.Tests.Bench;
using Stratos.Fabric.Devices.Watchdog;
using Stratos.Fabric.Virtio.Driver;
using Stratos.Testing;

namespace Stratos.Fabric.Devices.Tests.Watchdog;

/// <summary>A watchdog whose process dies at every step: no takeover feeds it, none makes it expire, and it expires when it must.</summary>
public sealed class WatchdogCrashTests
{
    private const long Millisecond = 1_000_000;

    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    [Proves("watchdog", "the deadline survives the death of the backend at every step, and no takeover feeds it", "docs/standards/virtio-watchdog.md")]
    public void The_deadline_is_exact_over_a_death_at_every_step(ulong features)
    {
        int steps = Run(features, []);
        Assert.True(steps > 40, $"Only {steps} steps: the scenario has nothing to kill.");
        for (int death = 1; death <= steps; death++) { Run(features, [death]); }
        for (int death = 1; death + 3 <= steps; death++) { Run(features, [death, death + 1, death + 3]); }
    }

    private static int Run(ulong features, int[] deaths)
    {
        try
        {
            using Scenario scenario = new(features, deaths);
            return scenario.Run();
        }
        catch (Exception failure)
        {
            throw new InvalidOperationException($"Deaths at {string.Join(", ", deaths)}: {failure.Message}", failure);
        }
    }

    private sealed class Scenario : IDisposable
    {
        private readonly CrashBench _bench;
        private readonly PlayedLine _line = new();
        private long _now = 1_000_000 * Millisecond;
        private WatchdogDevice _device = null!;
        private ulong _cookie;
        private int _told;

        public Scenario(ulong features, int[] deaths)
        {
            CrashBench bench = null!;
            WatchdogOptions options = new() { Extended = true, Timeout = 1000 };
            WatchdogDevice Make() => _device = new WatchdogDevice(options, _line, () => _now, watches: false) { Probe = () => bench?.Step() };
            _line.Step = () => bench?.Step();
            _bench = bench = new CrashBench(Make, features, _line.Save, deaths);
        }

        public int Run()
        {
            // A window: a ping that is applied twice would be too early.
            Assert.Equal(1, Ask(3, 200));
            Assert.Equal(1, Ask(2, 300));
            for (int i = 0; i < 4; i++)
            {
                Assert.Equal(1, Ask(0, 0));
                Pass(650);
                Assert.Equal(0, _line.Resets);
            }
            // The driver falls silent. The last ping was 650 ms ago, whoever served since.
            GuestBuffer buffer = _bench.World.Heap.Allocate(8);
            Assert.True(_bench.World.Rings[1].TryAdd([buffer.FromDevice], ++_cookie));
            _bench.World.Rings[1].Publish();
            Pass(150);
            Turn();
            Assert.Equal(1, _told);
            Pass(199);
            Assert.Equal(0, _line.Resets);
            Pass(1);
            // Each who took over just now listens for a moment before it judges.
            for (int i = 0; i < _bench.Died && _line.Resets == 0; i++) { Pass(100); }
            // The reset itself may be repeated when the process died before it was noted.
            Assert.InRange(_line.Resets, 1, 2);
            Assert.Equal(1, _told);
            Assert.Equal(1u, Config(40));
            // A ping counts again when the expiry was dealt with, by whoever lived long enough.
            Turn();
            Assert.Equal(1, Ask(0, 0));
            Pass(150);
            Assert.Equal(1u, Config(24) & 1);
            return _bench.Steps;
        }

        public void Dispose() => _bench.Dispose();

        private uint Config(int offset)
        {
            Span<byte> word = stackalloc byte[4];
            _device.ReadConfig(offset, word);
            return BinaryPrimitives.ReadUInt32LittleEndian(word);
        }

        /// <summary>Time passes in small pieces, and the device looks often, so that a death comes anywhere.</summary>
        private void Pass(int milliseconds)
        {
            for (int i = 0; i < milliseconds; i += 50)
            {
                _now += Math.Min(50, milliseconds - i) * Millisecond;
                Turn();
            }
        }

        private void Turn()
        {
            // Thrice: where a process dies in the first, its successor looks.
            for (int i = 0; i < 3; i++)
            {
                _bench.Survive(Look);
                _bench.Pass();
            }
            while (_bench.World.Rings[1].TryTake(out _, out uint written))
            {
                Assert.Equal(8u, written);
                _told++;
            }
        }

        private void Look()
        {
            bool acts;
            lock (_device.Gate)
            {
                _device.Look();
                acts = _device.TryBeginReset();
            }
            if (acts) { _device.Reset(out _); }
        }

        private byte Ask(int type, uint value)
        {
            GuestBuffer question = _bench.World.Heap.Allocate(8);
            GuestBuffer answer = _bench.World.Heap.Allocate(1);
            BinaryPrimitives.WriteUInt16LittleEndian(question.Span, (ushort)type);
            BinaryPrimitives.WriteUInt32LittleEndian(question.Span[4..], value);
            Assert.True(_bench.World.Rings[0].TryAdd([question.ToDevice, answer.FromDevice], ++_cookie));
            _bench.World.Rings[0].Publish();
            for (int round = 0; round < 50; round++)
            {
                _bench.Pass();
                if (!_bench.World.Rings[0].TryTake(out _, out uint written)) { continue; }
                Assert.Equal(1u, written);
                return answer.Span[0];
            }
            throw new InvalidOperationException("No answer came.");
        }
    }

    /// <summary>A reset line that keeps what happened before a death.</summary>
    private sealed class PlayedLine : IResetLine
    {
        public int Resets { get; private set; }

        public Action Step { get; set; } = static () => { };

        public Action Save()
        {
            int resets = Resets;
            return () => Resets = resets;
        }

        public string? TryReset(WatchdogCause cause)
        {
            Step();
            Resets++;
            Step();
            return null;
        }

        public void Dispose() { }
    }
}
