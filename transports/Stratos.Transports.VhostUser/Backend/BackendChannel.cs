using Stratos.Fabric.Linux;
using Stratos.Transports.VhostUser.Protocol.Messages;

namespace Stratos.Transports.VhostUser.Backend;

/// <summary>The backend's own requests to the frontend (vhost-user specification, "Back-end communication").</summary>
/// <remarks>
/// It never waits: a frontend answers GET_CONFIG of the guest only after it took CONFIG_CHANGE_MSG, or the other way
/// round. So no acknowledgement is asked for, and a change that finds the socket full is sent when there is room.
/// </remarks>
internal sealed class BackendChannel : IDisposable
{
    private readonly UnixStream _stream;
    private bool _pending;

    /// <summary>Takes the socket over.</summary>
    /// <exception cref="LinuxException">It is no Unix stream.</exception>
    internal BackendChannel(FileDescriptor descriptor)
    {
        _stream = UnixStream.FromDescriptor(descriptor);
        _stream.IsNonBlocking = true;
    }

    /// <summary>The socket, for polling.</summary>
    internal FileDescriptor Descriptor => _stream.Descriptor;

    /// <summary>What to wait for: the frontend's answers, its end, and room when a change waits to be sent.</summary>
    internal PollEvents Wanted => _pending ? PollEvents.Readable | PollEvents.Writable : PollEvents.Readable;

    /// <summary>Tells the frontend that the configuration space has changed.</summary>
    /// <returns>False when the frontend closed the channel.</returns>
    internal bool SendConfigChange()
    {
        var message = new MessageWriter(stackalloc byte[MessageHeader.Length]).Request((uint)BackendRequest.ConfigChangeMsg);
        var sent = _stream.Send(message);
        _pending = sent.IsWouldBlock;
        return sent.IsSuccess || _pending;
    }

    /// <summary>Sends what waits, and drops what the frontend says: nothing was asked.</summary>
    /// <returns>False when the frontend closed the channel.</returns>
    internal bool Continue()
    {
        Span<byte> dropped = stackalloc byte[256];
        var status = _stream.Receive(dropped, out _);
        if (status == ReceiveStatus.Closed) return false;
        return !_pending || SendConfigChange();
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();
}
