using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Stratos.Transports.VhostUser.Protocol.Messages;

/// <summary>Puts one message together in a caller's buffer, in order and without allocation.</summary>
/// <param name="buffer">Room for header and payload.</param>
public ref struct MessageWriter(Span<byte> buffer)
{
    private readonly Span<byte> _buffer = buffer;
    private int _length = MessageHeader.Length;

    /// <summary>Appends one value of a fixed layout, in machine byte order.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The buffer is full.</exception>
    public void Write<T>(in T value) where T : unmanaged
    {
        MemoryMarshal.Write(_buffer[_length..], in value);
        _length += Unsafe.SizeOf<T>();
    }

    /// <summary>Appends bytes.</summary>
    /// <exception cref="ArgumentException">The buffer is full.</exception>
    public void Write(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_buffer[_length..]);
        _length += bytes.Length;
    }

    /// <summary>Ends a request: puts its header in front.</summary>
    /// <returns>The message's bytes, a part of the buffer.</returns>
    public readonly ReadOnlySpan<byte> Request(uint request, bool needReply = false) =>
        Finish(MessageHeader.ForRequest(request, _length - MessageHeader.Length, needReply));

    /// <summary>Ends a reply: puts its header in front.</summary>
    /// <returns>The message's bytes, a part of the buffer.</returns>
    public readonly ReadOnlySpan<byte> Reply(uint request) => Finish(MessageHeader.ForReply(request, _length - MessageHeader.Length));

    private readonly ReadOnlySpan<byte> Finish(MessageHeader header)
    {
        MemoryMarshal.Write(_buffer, in header);
        return _buffer[.._length];
    }
}
