using System.Runtime.InteropServices;
using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Devices.Console.Streams;

/// <summary>
/// This process's standard input and output. A terminal is put into raw mode, so that every key reaches the guest;
/// Ctrl-] leaves. The terminal gets its mode back on disposal.
/// </summary>
public sealed class StdioTerminal : IConsoleTerminal
{
    private const byte Leave = 0x1D;
    private const int SafePiece = 512;

    private readonly FileDescriptor _input = Standard(0);
    private readonly FileDescriptor _output = Standard(1);
    private readonly TerminalMode? _mode;
    private PosixSignalRegistration? _resized;
    private bool _inputEnded;

    /// <summary>Takes the terminal.</summary>
    public StdioTerminal() => _mode = TerminalMode.TryMakeRaw(_input);

    /// <inheritdoc/>
    public FileDescriptor? Input => _inputEnded ? null : _input;

    /// <inheritdoc/>
    public FileDescriptor Output => _output;

    /// <inheritdoc/>
    public bool IsPresent => true;

    /// <inheritdoc/>
    public bool IsEnded { get; private set; }

    /// <inheritdoc/>
    public TerminalSize? Size => TerminalMode.TryGetSize(_output, out ushort columns, out ushort rows) ? new TerminalSize(columns, rows) : null;

    /// <inheritdoc/>
    /// <remarks>Whether a read would wait is asked first: the open file may be shared with other programs, whose it is to set its mode.</remarks>
    public IoResult Read(Span<byte> destination)
    {
        if (Poll.Wait(_input, PollEvents.Readable, TimeSpan.Zero) is PollEvents.None) { return IoResult.Failure(Errno.EAGAIN); }
        IoResult result = FileIo.Read(_input, destination);
        int leave = _mode is null ? -1 : destination[..(int)result.Bytes].IndexOf(Leave);
        if (leave >= 0)
        {
            IsEnded = true;
            result = IoResult.Success(leave);
        }
        _inputEnded = IsEnded || result is { IsSuccess: true, Bytes: 0 };
        return result;
    }

    /// <inheritdoc/>
    public IoResult Write(ReadOnlySpan<byte> bytes) =>
        Poll.Wait(_output, PollEvents.Writable, TimeSpan.Zero) is PollEvents.None
            ? IoResult.Failure(Errno.EAGAIN)
            : FileIo.Write(_output, bytes[..Math.Min(bytes.Length, SafePiece)]);

    /// <inheritdoc/>
    public void WatchSize(Action changed)
    {
        if (OperatingSystem.IsLinux()) { _resized = PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => changed()); }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _resized?.Dispose();
        _mode?.Dispose();
        _input.Dispose();
        _output.Dispose();
    }

    private static FileDescriptor Standard(int number)
    {
        FileDescriptor borrowed = FileDescriptor.FromRaw(number);
        try
        {
            return borrowed.Duplicate();
        }
        finally
        {
            borrowed.SetHandleAsInvalid();
        }
    }
}
