using Stratos.Fabric.Devices.Gpio;
using Stratos.Fabric.Devices.Gpio.Simulated;
using Stratos.Testing;
using Stratos.Transports.VhostUser.Frontend;
using Stratos.Transports.VhostUser.Frontend.Drivers;

namespace Stratos.Workload.Tests;

/// <summary>The load on GPIO lines: it is clean on a good device and says what is wrong with a bad one.</summary>
public sealed class GpioLoadTests
{
    private static readonly (int, int)[] s_wires = [(0, 1), (2, 3), (4, 5), (6, 7)];

    [Fact]
    public void Toggles_and_edges_are_accounted_for()
    {
        var report = Run(() => GpioDevice.Create(new() { Bank = 8, Wires = s_wires }), toggles: 2000);
        Assert.True(report.IsClean, report.ToString());
    }

    [Fact]
    public void A_line_that_has_another_level_than_was_set_is_corrupted()
    {
        using var bank = GpioBank.Private(8);
        foreach (var (from, to) in s_wires) { bank.Wire(from, to); }
        var report = Run(() => new GpioDevice(new LyingPort(bank)), toggles: 200);
        Assert.True(report.Corrupted > 0, report.ToString());
        Assert.Equal(0, report.Lost + report.Repeated + report.Failed);
        Assert.Contains("is low after line 2 was set high", string.Join('\n', report.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void A_request_that_fails_is_counted()
    {
        using var bank = GpioBank.Private(8);
        foreach (var (from, to) in s_wires) { bank.Wire(from, to); }
        var report = Run(() => new GpioDevice(new GpioBankPort(bank)), toggles: 200, () => bank.Fail(3, 5));
        Assert.Equal(5, report.Failed);
        Assert.Equal(0, report.Lost + report.Repeated + report.Corrupted);
    }

    [Fact]
    public void A_device_with_a_single_line_is_refused()
    {
        using var served = new ServedDevice(() => GpioDevice.Create(new() { Bank = 1 }));
        using var driver = GpioDriver.Start(VhostUserFrontend.Connect(served.Path, GpioDriver.DefaultOptions), depth: 4);
        Assert.Throws<ArgumentException>(() => new GpioLoad(driver, new()));
    }

    private static LoadReport Run(Func<GpioDevice> create, int toggles, Action? begun = null)
    {
        using var served = new ServedDevice(create);
        using var driver = GpioDriver.Start(VhostUserFrontend.Connect(served.Path, GpioDriver.DefaultOptions), depth: 4);
        var load = new GpioLoad(driver, new());
        begun?.Invoke();
        using var stop = new CancellationTokenSource();
        LoadReport? report = null;
        var thread = new Thread(() => report = load.Run(stop.Token));
        thread.Start();
        WaitFor.Condition(() => !thread.IsAlive || load.Account.Done >= toggles, $"{toggles} toggles");
        stop.Cancel();
        thread.Join();
        return report!;
    }

    /// <summary>A bank's port that senses line 3 as low, always.</summary>
    private sealed class LyingPort(GpioBank bank) : IGpioPort
    {
        private readonly GpioBankPort _port = new(bank);

        public int LineCount => _port.LineCount;

        public bool HasInterrupts => true;

        public ulong Incarnation => _port.Incarnation;

        public string NameOf(int line) => "";

        public Fabric.Linux.Errno SetDirection(int line, GpioDirection direction, bool level) => _port.SetDirection(line, direction, level);

        public Fabric.Linux.Errno Write(int line, bool level) => _port.Write(line, level);

        public Fabric.Linux.Errno Read(int line, out bool level)
        {
            var error = _port.Read(line, out level);
            level &= line != 3;
            return error;
        }

        public Fabric.Linux.Errno Listen(int line, GpioInterruptType type) => _port.Listen(line, type);

        public ulong Transitions(int line) => _port.Transitions(line);

        public void Acknowledged(int line, ulong transitions) => _port.Acknowledged(line, transitions);

        public void Watch(Action changed) => _port.Watch(changed);

        public void Dispose() => _port.Dispose();
    }
}
