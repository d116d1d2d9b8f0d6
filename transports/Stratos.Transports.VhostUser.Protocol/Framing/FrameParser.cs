using System.Runtime.InteropServices;
using Stratos.Transports.VhostUser.Protocol.Messages;

namespace Stratos.Transports.VhostUser.Protocol.Framing;

/// <summary>
/// Finds the messages in a stream of bytes, without I/O: receive into <see cref="Free"/>, tell by <see cref="Advance"/>
/// how much came, and take the message when it is complete. It never asks for bytes beyond the current message, so
/// descriptors that come with a read belong to that message.
/// </summary>
/// <remarks>One buffer is allocated at construction and nothing afterwards, whatever sizes the peer claims. One thread.</remarks>
public sealed class FrameParser
{
    /// <summary>Payload bytes of the longest message of the protocol and of the keeper link.</summary>
    public const int LongestPayload = 2056;

    private readonly byte[] _buffer = new byte[MessageHeader.Length + LongestPayload];
    private int _received;
    private int _expected = MessageHeader.Length;

    /// <summary>Where the next bytes of the message go; never empty before the message is complete.</summary>
    public Span<byte> Free => _buffer.AsSpan(_received, _expected - _received);

    /// <summary>The part of the buffer behind <see cref="Free"/>, for readers that need memory instead of a span.</summary>
    public Memory<byte> FreeMemory => _buffer.AsMemory(_received, _expected - _received);

    /// <summary>Whether nothing of a message has come yet; only then is an end of the stream an orderly one.</summary>
    public bool IsAtBoundary => _received == 0;

    /// <summary>Whether a whole message is there.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Descriptors that came with the message so far.</summary>
    public int Descriptors { get; private set; }

    /// <summary>The header; valid once its 12 bytes have come.</summary>
    public MessageHeader Header => MemoryMarshal.Read<MessageHeader>(_buffer);

    /// <summary>The payload; valid while <see cref="IsComplete"/>, until <see cref="Next"/>.</summary>
    public ReadOnlySpan<byte> Payload => _buffer.AsSpan(MessageHeader.Length, _expected - MessageHeader.Length);

    /// <summary>Takes note of bytes that were received into <see cref="Free"/>.</summary>
    /// <param name="bytes">How many; 1 to the length of <see cref="Free"/>.</param>
    /// <param name="descriptors">How many descriptors came with them.</param>
    /// <returns>What is wrong, or null. After a fault the stream cannot be used any more.</returns>
    public string? Advance(int bytes, int descriptors)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, _expected - _received);
        if (descriptors > 0 && _received > 0)
            return $"{descriptors} descriptors came with byte {_received} of a message; they belong to its first";
        Descriptors += descriptors;
        _received += bytes;
        if (_received < _expected) return null;
        if (_expected == MessageHeader.Length)
        {
            var size = Header.Size;
            if (size > LongestPayload) return $"request {Header.Request}: payload of {size} bytes; no message has more than {LongestPayload}";
            _expected = MessageHeader.Length + (int)size;
        }
        IsComplete = _received == _expected;
        return null;
    }

    /// <summary>Makes room for the next message.</summary>
    public void Next()
    {
        _received = 0;
        _expected = MessageHeader.Length;
        Descriptors = 0;
        IsComplete = false;
    }
}
