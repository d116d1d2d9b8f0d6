using Stratos.Fabric.Linux;
using Stratos.Transports.VhostUser.Protocol.Framing;
using Stratos.Transports.VhostUser.Protocol.Messages;

namespace Stratos.Transports.VhostUser.Channel;

/// <summary>
/// Messages with descriptors over a Unix stream. Receiving never blocks and reads no further than the current message;
/// sending waits for a slow reader up to a limit. Nothing is allocated for a message but its descriptors.
/// </summary>
/// <remarks>One thread at a time.</remarks>
public sealed class MessageChannel : IDisposable
{
    private readonly UnixStream _stream;
    private readonly FrameParser _parser = new();

    /// <summary>Takes a stream over, and makes it non-blocking.</summary>
    public MessageChannel(UnixStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _stream = stream;
        _stream.IsNonBlocking = true;
    }

    /// <summary>The socket, for polling.</summary>
    public FileDescriptor Descriptor => _stream.Descriptor;

    /// <summary>The stream; stays owned by the channel.</summary>
    public UnixStream Stream => _stream;

    /// <summary>Why the stream is of no use any more; null while it is.</summary>
    public string? Fault { get; private set; }

    /// <summary>The header of the message that is there.</summary>
    public MessageHeader Header => _parser.Header;

    /// <summary>The payload of the message that is there, until <see cref="Next"/>.</summary>
    public ReadOnlySpan<byte> Payload => _parser.Payload;

    /// <summary>The descriptors of the message that is there, until <see cref="Next"/>.</summary>
    public ReceivedDescriptors Descriptors { get; } = new();

    /// <summary>Looks for a message. While one is there, it stays there until <see cref="Next"/>.</summary>
    public ChannelStatus TryReceive()
    {
        Span<int> numbers = stackalloc int[ReceivedDescriptors.Capacity];
        while (!_parser.IsComplete)
        {
            if (Fault is not null) return ChannelStatus.Faulted;
            var status = _stream.Receive(_parser.Free, numbers, out var bytes, out var count);
            switch (status)
            {
                case ReceiveStatus.WouldBlock:
                    return ChannelStatus.Nothing;
                case ReceiveStatus.Closed:
                    if (_parser.IsAtBoundary) return ChannelStatus.Closed;
                    return Fail("the connection ended within a message");
                case ReceiveStatus.DescriptorsTruncated:
                    return Fail($"more than {ReceivedDescriptors.Capacity} descriptors came with one message");
                default:
                    if (Descriptors.Count + count > ReceivedDescriptors.Capacity)
                    {
                        CloseAll(numbers[..count]);
                        return Fail($"more than {ReceivedDescriptors.Capacity} descriptors came with one message");
                    }
                    Descriptors.Add(numbers[..count]);
                    if (_parser.Advance(bytes, count) is { } fault) return Fail(fault);
                    break;
            }
        }
        return ChannelStatus.Message;
    }

    /// <summary>Waits for a message.</summary>
    /// <param name="timeout">How long at most.</param>
    /// <returns><see cref="ChannelStatus.Nothing"/> after the timeout.</returns>
    public ChannelStatus Receive(TimeSpan timeout)
    {
        var began = MonotonicTime.Now;
        while (true)
        {
            var status = TryReceive();
            var left = timeout - (MonotonicTime.Now - began);
            if (status != ChannelStatus.Nothing || left <= TimeSpan.Zero) return status;
            Poll.Wait(Descriptor, PollEvents.Readable, left);
        }
    }

    /// <summary>Drops the message that is there, with the descriptors that nobody took.</summary>
    public void Next()
    {
        Descriptors.Dispose();
        _parser.Next();
    }

    /// <summary>Sends one message, whole.</summary>
    /// <param name="message">Header and payload.</param>
    /// <param name="descriptors">Descriptors that go with it; they stay the caller's.</param>
    /// <param name="timeout">How long to wait for a peer that does not read.</param>
    /// <returns>False when the peer has gone or did not read in time; the stream is of no use then.</returns>
    public bool Send(ReadOnlySpan<byte> message, ReadOnlySpan<FileDescriptor> descriptors, TimeSpan timeout)
    {
        Span<int> numbers = stackalloc int[descriptors.Length];
        for (var i = 0; i < descriptors.Length; i++) numbers[i] = descriptors[i].Number;
        var began = MonotonicTime.Now;
        var rest = message;
        while (!rest.IsEmpty)
        {
            var sent = _stream.Send(rest, rest.Length == message.Length ? numbers : []);
            if (sent.IsSuccess)
            {
                rest = rest[(int)sent.Bytes..];
                continue;
            }
            var left = timeout - (MonotonicTime.Now - began);
            if (!sent.IsWouldBlock || left <= TimeSpan.Zero) return false;
            Poll.Wait(Descriptor, PollEvents.Writable, left);
        }
        return true;
    }

    /// <summary>Sends one message without descriptors, whole.</summary>
    public bool Send(ReadOnlySpan<byte> message, TimeSpan timeout) => Send(message, [], timeout);

    /// <summary>Closes the stream and what was received and not taken.</summary>
    public void Dispose()
    {
        Descriptors.Dispose();
        _stream.Dispose();
    }

    private ChannelStatus Fail(string fault)
    {
        Fault = fault;
        Descriptors.Dispose();
        return ChannelStatus.Faulted;
    }

    private static void CloseAll(ReadOnlySpan<int> numbers)
    {
        foreach (var number in numbers) new FileDescriptor(number).Dispose();
    }
}
