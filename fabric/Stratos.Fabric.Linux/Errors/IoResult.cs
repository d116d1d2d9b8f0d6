using System.Runtime.InteropServices;

namespace Stratos.Fabric.Linux;

/// <summary>What a kernel call returned: a count that is not negative, or an <see cref="Errno"/>.</summary>
/// <remarks>One machine word, compared by value; made on fast paths where an exception would be too dear.</remarks>
public readonly record struct IoResult
{
    private readonly long _value;

    private IoResult(long value) => _value = value;

    /// <summary>The count that the call returned (bytes, events, a descriptor's number); 0 when it failed.</summary>
    public long Bytes => _value < 0 ? 0 : _value;

    /// <summary>Why the call failed, or <see cref="Errno.None"/>.</summary>
    public Errno Error => _value < 0 ? (Errno)(-_value) : Errno.None;

    /// <summary>True when the call succeeded.</summary>
    public bool IsSuccess => _value >= 0;

    /// <summary>True when a non-blocking call found nothing to do, or no room.</summary>
    public bool IsWouldBlock => Error is Errno.EAGAIN;

    /// <summary>True when the peer of a stream is gone.</summary>
    public bool IsClosed => Error is Errno.EPIPE or Errno.ECONNRESET or Errno.ENOTCONN;

    internal bool IsInterrupted => Error is Errno.EINTR;

    /// <summary>A result that carries a count.</summary>
    /// <param name="bytes">The count, not negative.</param>
    public static IoResult Success(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        return new IoResult(bytes);
    }

    /// <summary>A result that carries an error.</summary>
    /// <param name="error">The error, not <see cref="Errno.None"/>.</param>
    public static IoResult Failure(Errno error)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero((int)error);
        return new IoResult(-(long)error);
    }

    /// <summary>Turns the value into an exception at the edge of the program.</summary>
    /// <param name="operation">The call, for the message.</param>
    /// <param name="target">What it was made on, for the message.</param>
    /// <returns><see cref="Bytes"/>.</returns>
    /// <exception cref="LinuxException">The call had failed.</exception>
    public long OrThrow(string operation, string? target = null) =>
        _value >= 0 ? _value : throw new LinuxException(operation, Error, target);

    /// <summary>Takes what a call returned and, if that is -1, its errno. To be called at once after the call.</summary>
    internal static IoResult Capture(nint returned) =>
        returned != -1 ? new IoResult(returned) : new IoResult(-(long)Marshal.GetLastPInvokeError());
}
