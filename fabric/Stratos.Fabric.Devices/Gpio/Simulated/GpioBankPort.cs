using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Devices.Gpio.Simulated;

/// <summary>The device's side of a <see cref="GpioBank"/>: the simulated host port.</summary>
/// <param name="bank">The bank; owned by the port.</param>
public sealed class GpioBankPort(GpioBank bank) : IGpioPort
{
    // Counts start at 2, as the port's contract has it; a new bank's at 0.
    private const ulong FirstCount = 2;

    private Thread? _watcher;
    private volatile bool _disposed;

    /// <inheritdoc/>
    public int LineCount => bank.LineCount;

    /// <inheritdoc/>
    public bool HasInterrupts => true;

    /// <inheritdoc/>
    public ulong Incarnation => bank.Identity;

    /// <inheritdoc/>
    public string NameOf(int line) => "";

    /// <inheritdoc/>
    public Errno SetDirection(int line, GpioDirection direction, bool level)
    {
        Errno fault = bank.TakeFault(line);
        if (fault is Errno.None) { bank.SetDirection(line, direction, level && direction is GpioDirection.Output); }
        return fault;
    }

    /// <inheritdoc/>
    public Errno Write(int line, bool level)
    {
        Errno fault = bank.TakeFault(line);
        if (fault is Errno.None) { bank.Write(line, level); }
        return fault;
    }

    /// <inheritdoc/>
    public Errno Read(int line, out bool level)
    {
        level = bank.Read(line).Level;
        return bank.TakeFault(line);
    }

    /// <inheritdoc/>
    public Errno Listen(int line, GpioInterruptType type)
    {
        Errno fault = bank.TakeFault(line);
        if (fault is Errno.None) { bank.Listen(line, type); }
        return fault;
    }

    /// <inheritdoc/>
    public ulong Transitions(int line) => bank.Read(line).Transitions + FirstCount;

    /// <inheritdoc/>
    public void Acknowledged(int line, ulong transitions) => bank.Acknowledge(line, transitions - FirstCount);

    /// <inheritdoc/>
    public void Watch(Action changed)
    {
        _watcher = new Thread(() => Look(changed)) { IsBackground = true, Name = "gpio bank" };
        _watcher.Start();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        if (_watcher is not null)
        {
            bank.Announce();
            _watcher.Join();
        }
        bank.Dispose();
    }

    private void Look(Action changed)
    {
        while (!_disposed)
        {
            uint seen = bank.Changes;
            changed();
            if (!_disposed) { bank.WaitForChange(seen); }
        }
    }
}
