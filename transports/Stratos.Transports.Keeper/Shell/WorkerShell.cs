using Stratos.Fabric.Linux;

namespace Stratos.Transports.Keeper.Shell;

/// <summary>A worker's connections and the handle of its process.</summary>
internal sealed class WorkerShell : IDisposable
{
    private const int MessagesAtOnce = 16;

    private readonly DeviceShell _device;
    private readonly WatchTable _watches;
    private readonly ProcessHandle _process;
    private readonly int _processId;
    private MessageLink? _link;
    private MessageLink? _channel;
    private Watch? _linkWatch;
    private Watch? _channelWatch;
    private Watch? _processWatch;

    public WorkerShell(DeviceShell device, WatchTable watches, int id, Newcomer newcomer)
    {
        (_device, _watches, Id) = (device, watches, id);
        (_link, _process, _processId) = newcomer.Take();
        _linkWatch = watches.Add(_link.Descriptor, PollEvents.Readable, _ => Receive());
        _processWatch = watches.Add(_process.Descriptor, PollEvents.Readable, _ => Exited());
    }

    public int Id { get; }
    public int ProcessId => _processId;

    public bool Send(ReadOnlySpan<byte> message, ReadOnlySpan<int> descriptors) => _link is not null && _link.Send(message, descriptors);

    public bool Answer(ReadOnlySpan<byte> message) => _channel is not null && _channel.Send(message, []);

    /// <summary>Makes a new channel for the worker's own requests.</summary>
    /// <returns>The worker's end; to be closed when it was sent.</returns>
    public UnixStream OpenChannel()
    {
        CloseChannel();
        var (ours, theirs) = UnixStream.Pair();
        _channel = new MessageLink(ours);
        _channelWatch = _watches.Add(_channel.Descriptor, PollEvents.Readable, _ => ReceiveRequests());
        return theirs;
    }

    /// <returns>Why it cannot be killed, or null.</returns>
    public string? Kill()
    {
        if (_processId == Environment.ProcessId) return "it is the keeper's own process";
        try
        {
            _process.Kill();
            return null;
        }
        catch (LinuxException failure)
        {
            return failure.Message;
        }
    }

    /// <summary>Listens to the connections no more; they stay open, and the process is watched further.</summary>
    public void Mute()
    {
        _channelWatch?.End();
        _linkWatch?.End();
        (_channelWatch, _linkWatch) = (null, null);
    }

    public void Dispose()
    {
        Mute();
        _channel?.Dispose();
        _link?.Dispose();
        (_channel, _link) = (null, null);
        _processWatch?.End();
        _processWatch = null;
        _process.Dispose();
    }

    private void Receive()
    {
        for (var i = 0; i < MessagesAtOnce && _linkWatch is not null && _link is { } link; i++)
        {
            switch (link.TryReceive())
            {
                case LinkStatus.Nothing:
                    return;
                case LinkStatus.Message:
                    _device.Session.WorkerMessage(MonotonicClock.Nanoseconds, Id, link.Header, link.Payload, link.Descriptors);
                    link.Next();
                    break;
                case LinkStatus.Closed:
                    _device.Session.WorkerLost(MonotonicClock.Nanoseconds, Id, "its connection ended");
                    break;
                default:
                    _device.Session.WorkerLost(MonotonicClock.Nanoseconds, Id, link.Fault);
                    break;
            }
            _device.Carry();
        }
    }

    private void ReceiveRequests()
    {
        for (var i = 0; i < MessagesAtOnce && _channelWatch is not null && _channel is { } channel; i++)
        {
            var status = channel.TryReceive();
            if (status == LinkStatus.Nothing) return;
            if (status != LinkStatus.Message)
            {
                // A worker may do without its channel; what ends its service is the end of its connection.
                CloseChannel();
                return;
            }
            _device.Session.WorkerRequest(MonotonicClock.Nanoseconds, Id, channel.Header, channel.Descriptors);
            channel.Next();
            _device.Carry();
        }
    }

    private void Exited()
    {
        _processWatch?.End();
        _processWatch = null;
        _device.Session.WorkerExited(MonotonicClock.Nanoseconds, Id);
        _device.Carry();
    }

    private void CloseChannel()
    {
        _channelWatch?.End();
        _channel?.Dispose();
        (_channel, _channelWatch) = (null, null);
    }
}
