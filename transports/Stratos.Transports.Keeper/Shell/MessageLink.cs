using Stratos.Fabric.Linux;
using Stratos.Transports.VhostUser.Protocol.Framing;
using Stratos.Transports.VhostUser.Protocol.Messages;

namespace Stratos.Transports.Keeper.Shell;

/// <summary>
/// Messages over a Unix stream, never blocking, with descriptors as mere numbers: nothing is allocated for a message.
/// </summary>
/// <remarks>A peer that does not read what it is sent fills the socket; that counts as a lost connection, not as a reason to wait.</remarks>
internal sealed class MessageLink : IDisposable
{
    // More than any message may have, so that the rule of the message says what is wrong with it.
    private const int MostDescriptors = 16;

    private readonly UnixStream _stream;
    private readonly FrameParser _parser = new();
    private readonly int[] _descriptors = new int[MostDescriptors];
    private int _count;

    public MessageLink(UnixStream stream)
    {
        _stream = stream;
        _stream.IsNonBlocking = true;
    }

    public UnixStream Stream => _stream;
    public FileDescriptor Descriptor => _stream.Descriptor;
    public string Fault { get; private set; } = "";
    public MessageHeader Header => _parser.Header;
    public ReadOnlySpan<byte> Payload => _parser.Payload;

    /// <summary>The descriptors of the message; whoever takes the message owns them from <see cref="Next"/> on.</summary>
    public Span<int> Descriptors => _descriptors.AsSpan(0, _count);

    public LinkStatus TryReceive()
    {
        Span<int> numbers = stackalloc int[MostDescriptors];
        while (!_parser.IsComplete)
        {
            var status = _stream.Receive(_parser.Free, numbers, out var bytes, out var count);
            if (status == ReceiveStatus.WouldBlock) return LinkStatus.Nothing;
            if (status == ReceiveStatus.Closed) return _parser.IsAtBoundary ? LinkStatus.Closed : Fail("the stream ended within a message");
            if (status == ReceiveStatus.DescriptorsTruncated) return Fail($"more than {MostDescriptors} descriptors came with a message, or none is left for them");
            var fault = _parser.Advance(bytes, count);
            if (fault is not null || _count + count > MostDescriptors)
            {
                CloseAll(numbers[..count]);
                return Fail(fault ?? $"more than {MostDescriptors} descriptors came with a message");
            }
            numbers[..count].CopyTo(_descriptors.AsSpan(_count));
            _count += count;
        }
        return LinkStatus.Message;
    }

    /// <summary>Goes on to the next message.</summary>
    public void Next()
    {
        _count = 0;
        _parser.Next();
    }

    public bool Send(ReadOnlySpan<byte> message, ReadOnlySpan<int> descriptors)
    {
        var sent = _stream.Send(message, descriptors);
        return sent.IsSuccess && sent.Bytes == message.Length;
    }

    public void Dispose()
    {
        CloseAll(Descriptors);
        _count = 0;
        _stream.Dispose();
    }

    private LinkStatus Fail(string fault)
    {
        Fault = fault;
        return LinkStatus.Faulted;
    }

    private static void CloseAll(ReadOnlySpan<int> descriptors)
    {
        foreach (var descriptor in descriptors) FileDescriptor.CloseRaw(descriptor);
    }
}
