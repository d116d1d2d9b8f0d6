using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Devices.Gpio.Linux;

/// <summary>
/// Host port on a gpiochip of this machine. Lines are taken from the kernel when the guest uses them, so others keep the
/// rest.
/// </summary>
/// <remarks>
/// When this process dies the kernel takes the lines back and their levels are the chip's driver's (most hold them), until
/// a successor takes them again. Edges of that time are not counted; the successor finds a level that has changed.
/// </remarks>
public sealed class GpioChipPort : IGpioPort
{
    private const string Consumer = "stratos";
    private const ulong StopToken = ulong.MaxValue;

    private readonly Lock _gate = new();
    private readonly GpioChip _chip;
    private readonly GpioLine?[] _lines;
    private readonly LineCounter[] _counters;
    private readonly bool[] _watched;
    private readonly Poller _poller = new();
    private readonly EventFd _stop = EventFd.Create();
    private Thread? _watcher;

    /// <summary>Opens a chip.</summary>
    /// <param name="path">Its device file, such as <c>/dev/gpiochip0</c>.</param>
    /// <exception cref="LinuxException">It cannot be opened, or is no chip.</exception>
    public GpioChipPort(string path)
    {
        _chip = GpioChip.Open(path);
        _lines = new GpioLine?[_chip.LineCount];
        _counters = new LineCounter[_chip.LineCount];
        _watched = new bool[_chip.LineCount];
        _poller.Add(_stop.Descriptor, PollEvents.Readable, StopToken);
    }

    /// <inheritdoc/>
    public int LineCount => _chip.LineCount;

    /// <inheritdoc/>
    public bool HasInterrupts => true;

    /// <inheritdoc/>
    public ulong Incarnation { get; } = BitConverter.ToUInt64(Guid.NewGuid().ToByteArray()) | 1;

    /// <inheritdoc/>
    public string NameOf(int line) => _chip.NameOf(line);

    /// <inheritdoc/>
    public Errno SetDirection(int line, GpioDirection direction, bool level)
    {
        lock (_gate)
        {
            if (direction is GpioDirection.None)
            {
                GiveBack(line);
                return Errno.None;
            }
            // Listening goes on: a line is not taken away from under the driver's interrupt.
            return _watched[line] && direction is GpioDirection.Input ? Errno.None
                : Use(line, direction is GpioDirection.Output ? GpioLineUse.Output : GpioLineUse.Input, level);
        }
    }

    /// <inheritdoc/>
    public Errno Write(int line, bool level)
    {
        lock (_gate) { return _lines[line] is { } taken ? taken.Write(level).Error : Errno.EINVAL; }
    }

    /// <inheritdoc/>
    public Errno Read(int line, out bool level)
    {
        lock (_gate)
        {
            IoResult result = _lines[line] is { } taken ? taken.Read() : IoResult.Failure(Errno.EINVAL);
            level = result.Bytes == 1;
            return result.Error;
        }
    }

    /// <inheritdoc/>
    public Errno Listen(int line, GpioInterruptType type)
    {
        lock (_gate)
        {
            bool watched = type is not GpioInterruptType.None;
            if (watched == _watched[line]) { return Errno.None; }
            // Taken anew, so that the kernel numbers the edges from 1.
            GiveBack(line);
            Errno error = Use(line, watched ? GpioLineUse.Watched : GpioLineUse.Input, level: false);
            if (error is not Errno.None || !watched) { return error; }
            IoResult level = _lines[line]!.Read();
            if (!level.IsSuccess) { return level.Error; }
            _counters[line].Begin(level.Bytes == 1);
            _watched[line] = true;
            _poller.Add(_lines[line]!.Descriptor, PollEvents.Readable, (ulong)line);
            return Errno.None;
        }
    }

    /// <inheritdoc/>
    public ulong Transitions(int line)
    {
        lock (_gate)
        {
            Count(line);
            return _counters[line].Transitions;
        }
    }

    /// <inheritdoc/>
    public void Acknowledged(int line, ulong transitions) { }

    /// <inheritdoc/>
    public void Watch(Action changed)
    {
        _watcher = new Thread(() => Look(changed)) { IsBackground = true, Name = "gpio chip" };
        _watcher.Start();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Signal();
        _watcher?.Join();
        lock (_gate)
        {
            for (int line = 0; line < _lines.Length; line++) { GiveBack(line); }
        }
        _chip.Dispose();
        _poller.Dispose();
        _stop.Dispose();
    }

    private void Look(Action changed)
    {
        Span<PollResult> results = stackalloc PollResult[16];
        while (true)
        {
            int count = _poller.Wait(results, Timeout.InfiniteTimeSpan);
            foreach (PollResult result in results[..count])
            {
                if (result.Token == StopToken) { return; }
                lock (_gate) { Hear((int)result.Token, result.Events); }
            }
            changed();
        }
    }

    // What the kernel keeps is counted also for lines that nobody asks for now. A chip that was unplugged has no more events.
    private void Hear(int line, PollEvents events)
    {
        if ((events & PollEvents.Readable) == 0) { GiveBack(line); }
        else { Count(line); }
    }

    private void Count(int line)
    {
        if (!_watched[line]) { return; }
        while (_lines[line]!.TryReadEvent(out bool isRising, out uint number)) { _counters[line].Take(isRising, number); }
    }

    private Errno Use(int line, GpioLineUse use, bool level)
    {
        if (_lines[line] is { } taken) { return taken.Configure(use, level).Error; }
        return _chip.Take(line, Consumer, use, level, out _lines[line]).Error;
    }

    private void GiveBack(int line)
    {
        if (_lines[line] is not { } taken) { return; }
        if (_watched[line]) { _poller.Remove(taken.Descriptor); }
        _watched[line] = false;
        taken.Dispose();
        _lines[line] = null;
    }
}
