using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Devices.Console.Streams;

/// <summary>
/// The host's end of a console stream: moves bytes between a terminal and the memory that it shares with whoever serves
/// the device. Run it in a process that is not killed with the device; what was given to it is shown once, whatever
/// becomes of the device's process.
/// </summary>
public sealed class ConsoleStreamHost : IDisposable
{
    /// <summary>Bytes in each direction that wait for the other end.</summary>
    public const int DefaultCapacity = 64 * 1024;

    private static readonly TimeSpan s_presenceCheck = TimeSpan.FromMilliseconds(100);

    private readonly IConsoleTerminal _terminal;
    private readonly ConsoleStreamMemory _memory;
    private readonly MemoryFile _file;
    private readonly UnixListener? _listener;
    private readonly EventFd _doorbell = EventFd.Create();
    private readonly EventFd _stop = EventFd.Create();
    private readonly Lock _gate = new();
    private readonly List<(UnixStream? Link, EventFd Doorbell)> _devices = [];
    private readonly bool _dropWhenSlow;
    private readonly Thread _thread;
    private volatile bool _isEnded;

    /// <summary>Begins to serve a terminal.</summary>
    /// <param name="terminal">The terminal; disposed with this object.</param>
    /// <param name="path">The Unix socket on which devices connect; null if only this process does.</param>
    /// <param name="capacity">Bytes in each direction: a power of two from 4096 to 16 MiB.</param>
    /// <param name="dropWhenSlow">True to throw output away that the terminal has no room for, false to let the guest wait.</param>
    /// <exception cref="LinuxException">The socket cannot be made.</exception>
    public ConsoleStreamHost(IConsoleTerminal terminal, string? path, int capacity = DefaultCapacity, bool dropWhenSlow = false)
    {
        ArgumentNullException.ThrowIfNull(terminal);
        _terminal = terminal;
        _dropWhenSlow = dropWhenSlow;
        _listener = path is null ? null : UnixListener.Bind(path);
        _memory = ConsoleStreamMemory.Create(capacity, out _file);
        ShowState();
        _terminal.WatchSize(_doorbell.Signal);
        _thread = new Thread(Run) { IsBackground = true, Name = "console-host" };
        _thread.Start();
    }

    /// <summary>Called once, on a thread of the host's, when the user asked to leave the terminal.</summary>
    public Action? Ended { get; set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Signal();
        _thread.Join();
        _listener?.Dispose();
        foreach ((UnixStream? link, EventFd doorbell) in _devices)
        {
            link?.Dispose();
            doorbell.Dispose();
        }
        _terminal.Dispose();
        _memory.Dispose();
        _file.Dispose();
        _doorbell.Dispose();
        _stop.Dispose();
    }

    /// <summary>The device's end for a device in this process.</summary>
    internal ConsoleStreamEnd Connect()
    {
        EventFd doorbell = EventFd.Create();
        lock (_gate) { _devices.Add((null, doorbell)); }
        return new(ConsoleStreamMemory.Open(_file), doorbell.Duplicate(), _doorbell.Duplicate(), null);
    }

    private void Run()
    {
        while (true)
        {
            bool present = ShowState();
            bool waitsForRoom = MoveOutput(present);
            bool takesInput = MoveInput(present);
            if (_terminal.IsEnded && !_isEnded)
            {
                _isEnded = true;
                Ended?.Invoke();
            }
            if (!Wait(present, takesInput, waitsForRoom)) { return; }
        }
    }

    /// <summary>Waits until there is something to do; false when the host is to end.</summary>
    private bool Wait(bool present, bool takesInput, bool waitsForRoom)
    {
        const int Fixed = 4;
        Span<PollEntry> entries = stackalloc PollEntry[Fixed + _devices.Count];
        entries[0] = new(_stop.Descriptor, PollEvents.Readable);
        entries[1] = new(_doorbell.Descriptor, PollEvents.Readable);
        entries[2] = new(_listener?.Descriptor ?? _stop.Descriptor, PollEvents.Readable);
        FileDescriptor? input = takesInput ? _terminal.Input : null;
        FileDescriptor waited = waitsForRoom ? _terminal.Output : input ?? _stop.Descriptor;
        // Terminal input and output may be two descriptors; while output waits for room the doorbell, the room or the time ends the wait.
        entries[3] = new(waited, (waitsForRoom ? PollEvents.Writable : PollEvents.None) | (input == waited || input is null ? PollEvents.Readable : PollEvents.None));
        int count = Fixed;
        lock (_gate)
        {
            foreach ((UnixStream? link, _) in _devices)
            {
                if (count < entries.Length) { entries[count++] = link is null ? entries[0] : new(link.Descriptor, PollEvents.Readable); }
            }
        }
        bool impatient = !present || (waitsForRoom && input is not null && input != waited);
        Poll.Wait(entries, impatient ? s_presenceCheck : Timeout.InfiniteTimeSpan);
        if (entries[0].Returned is not PollEvents.None) { return false; }
        _doorbell.TryConsume(out _);
        for (int i = count - 1; i >= Fixed; i--)
        {
            if (entries[i].Returned is not PollEvents.None) { Forget(i - Fixed); }
        }
        if (_listener is not null && entries[2].Returned is not PollEvents.None) { Accept(_listener); }
        return true;
    }

    private void Accept(UnixListener listener)
    {
        if (!listener.TryAccept(out UnixStream? link)) { return; }
        EventFd doorbell = EventFd.Create();
        Span<int> descriptors = [_file.Descriptor.Number, doorbell.Descriptor.Number, _doorbell.Descriptor.Number];
        if (!link.Send(BitConverter.GetBytes(ConsoleStreamEnd.Greeting), descriptors).IsSuccess)
        {
            link.Dispose();
            doorbell.Dispose();
            return;
        }
        lock (_gate) { _devices.Add((link, doorbell)); }
    }

    private void Forget(int index)
    {
        lock (_gate)
        {
            (UnixStream? link, EventFd doorbell) = _devices[index];
            link?.Dispose();
            doorbell.Dispose();
            _devices.RemoveAt(index);
        }
    }

    private bool ShowState()
    {
        bool present = _terminal.IsPresent;
        TerminalSize? size = _terminal.Size;
        if (present == _memory.IsOpen && size == _memory.Size) { return present; }
        _memory.IsOpen = present;
        _memory.Size = size;
        RingDevices();
        return present;
    }

    /// <summary>Moves output; true if the terminal has no room for all of it.</summary>
    private bool MoveOutput(bool present)
    {
        ByteRing ring = _memory.Output;
        bool moved = false;
        bool waits = false;
        while (!waits && ring.Length > 0)
        {
            ReadOnlySpan<byte> bytes = ring.Peek();
            IoResult result = present ? _terminal.Write(bytes) : IoResult.Success(bytes.Length);
            waits = result.IsWouldBlock && !_dropWhenSlow;
            // Where the terminal fails there is nobody to show the bytes to.
            int gone = result.IsSuccess ? (int)result.Bytes : waits ? 0 : bytes.Length;
            moved |= ring.Consume(ring.Start + (ulong)gone);
        }
        if (moved) { RingDevices(); }
        return waits;
    }

    /// <summary>Moves input; true if more of it could be taken.</summary>
    private bool MoveInput(bool present)
    {
        ByteRing ring = _memory.Input;
        while (present && _terminal.Input is not null)
        {
            Span<byte> room = ring.Room();
            if (room.IsEmpty) { return false; }
            IoResult result = _terminal.Read(room);
            if (result.IsWouldBlock) { return true; }
            if (result.Bytes == 0) { return false; }
            ring.Publish((int)result.Bytes);
            RingDevices();
        }
        return false;
    }

    private void RingDevices()
    {
        lock (_gate)
        {
            foreach ((_, EventFd doorbell) in _devices) { doorbell.Signal(); }
        }
    }
}
