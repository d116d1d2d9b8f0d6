using Stratos.Fabric.Devices.Console;
using Stratos.Fabric.Devices.Console.Streams;
using Stratos.Fabric.Linux;
using Stratos.Testing;

namespace Stratos.Fabric.Devices.Tests.Console;

/// <summary>A terminal at whose far end a test sits: a connected pair of sockets.</summary>
internal sealed class PipeTerminal : IConsoleTerminal
{
    private readonly UnixStream _near;
    private readonly UnixStream _far;
    private Action _sizeChanged = static () => { };
    private TerminalSize? _size;

    public PipeTerminal()
    {
        (_near, _far) = UnixStream.Pair();
        (_near.IsNonBlocking, _far.IsNonBlocking) = (true, true);
    }

    public FileDescriptor? Input => _near.Descriptor;

    public FileDescriptor Output => _near.Descriptor;

    public bool IsPresent { get; set; } = true;

    public bool IsEnded => false;

    public TerminalSize? Size
    {
        get => _size;
        set
        {
            _size = value;
            _sizeChanged();
        }
    }

    public IoResult Read(Span<byte> destination) => FileIo.Read(_near.Descriptor, destination);

    public IoResult Write(ReadOnlySpan<byte> bytes) => FileIo.Write(_near.Descriptor, bytes);

    public void WatchSize(Action changed) => _sizeChanged = changed;

    public void Type(ReadOnlySpan<byte> bytes)
    {
        SpinWait spin = default;
        while (!bytes.IsEmpty)
        {
            IoResult sent = FileIo.Write(_far.Descriptor, bytes);
            if (sent.IsWouldBlock) { spin.SpinOnce(); }
            else { bytes = bytes[(int)sent.OrThrow("write")..]; }
        }
    }

    /// <summary>Takes what was shown, without waiting, and returns how much it was.</summary>
    public int Take(Span<byte> destination) => (int)FileIo.Read(_far.Descriptor, destination).Bytes;

    /// <summary>Waits until so many bytes were shown and returns them.</summary>
    public byte[] Look(int count)
    {
        byte[] shown = new byte[count];
        int got = 0;
        WaitFor.Condition(() => (got += Take(shown.AsSpan(got))) == count, $"{count} bytes on the terminal");
        return shown;
    }

    /// <summary>Whether nothing more was shown so far.</summary>
    public bool IsQuiet() => FileIo.Read(_far.Descriptor, new byte[1]).IsWouldBlock;

    public void Dispose()
    {
        _near.Dispose();
        _far.Dispose();
    }
}
