using Stratos.Fabric.Devices.Gpio;
using Stratos.Fabric.Devices.Gpio.Simulated;
using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Devices.Tests.Gpio;

/// <summary>A bank's port that calls back when it is told to, and that can be left between any two of its effects.</summary>
internal sealed class PlayedBankPort(GpioBank bank, Action step) : IGpioPort
{
    private readonly GpioBankPort _port = new(bank);
    private Action _changed = static () => { };

    public int LineCount => _port.LineCount;

    public bool HasInterrupts => true;

    public ulong Incarnation { get; init; } = 7;

    /// <summary>What counts begin with.</summary>
    public ulong Offset { get; init; }

    public string NameOf(int line) => "";

    public Errno SetDirection(int line, GpioDirection direction, bool level) => Stepping(_port.SetDirection(line, direction, level));

    public Errno Write(int line, bool level) => Stepping(_port.Write(line, level));

    public Errno Read(int line, out bool level) => _port.Read(line, out level);

    public Errno Listen(int line, GpioInterruptType type) => Stepping(_port.Listen(line, type));

    public ulong Transitions(int line)
    {
        step();
        return _port.Transitions(line) + Offset;
    }

    public void Acknowledged(int line, ulong transitions)
    {
        step();
        _port.Acknowledged(line, transitions - Offset);
        step();
    }

    public void Watch(Action changed) => _changed = changed;

    public void Changed() => _changed();

    public void Dispose() { }

    private Errno Stepping(Errno result)
    {
        step();
        return result;
    }
}
