using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Devices.Console;

/// <summary>Host port: where the bytes of a console port go to and come from.</summary>
/// <remarks>
/// <para>Bytes are numbered in each direction. The numbers make a transfer exact over the death of this process: a
/// successor that repeats a write at the same position puts no byte twice, and input stays until it is consumed.</para>
/// <para>The port calls one member at a time. Nothing here waits.</para>
/// </remarks>
public interface IConsoleStream : IDisposable
{
    /// <summary>Whether bytes can be moved now. A stream whose other end is another process may come and go.</summary>
    bool IsConnected { get; }

    /// <summary>A number that differs when the numbering of bytes has begun anew; valid while connected.</summary>
    ulong Incarnation { get; }

    /// <summary>Whether somebody is at the other end, as VIRTIO_CONSOLE_PORT_OPEN tells the driver.</summary>
    bool IsOpen { get; }

    /// <summary>The terminal's size; null if there is no terminal or it is not known.</summary>
    TerminalSize? Size { get; }

    /// <summary>The position after the last byte that went out; valid while connected.</summary>
    ulong OutputEnd { get; }

    /// <summary>Puts bytes at a position of the output, at most <see cref="OutputEnd"/>; those that are there already are not put again.</summary>
    /// <returns>How many of the bytes are out now: fewer than asked when there is no room, of which the watcher is told when it changes. Or an error: the bytes are lost.</returns>
    IoResult Write(ulong position, ReadOnlySpan<byte> bytes);

    /// <summary>The position of the first byte of input that was not consumed; valid while connected.</summary>
    ulong InputStart { get; }

    /// <summary>How many bytes of input there are from <see cref="InputStart"/> on; 0 while not connected.</summary>
    int InputLength { get; }

    /// <summary>Copies input without consuming it. The range lies within what <see cref="InputLength"/> told.</summary>
    void Read(ulong position, Span<byte> destination);

    /// <summary>Gives up the input before a position; without effect if it was given up already.</summary>
    void Consume(ulong position);

    /// <summary>
    /// Begins to watch: <paramref name="changed"/> is called, on a thread of the stream's own, when the other end came or
    /// went, when input came, when there is room again, and when the size changed. Once, before the first transfer.
    /// </summary>
    void Watch(Action changed);
}
