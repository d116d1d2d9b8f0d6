using Stratos.Fabric.Linux;
using Stratos.Transports.VhostUser.Channel;
using Stratos.Transports.VhostUser.Protocol.Messages;

namespace Stratos.Transports.VhostUser.Frontend;

/// <summary>Listens to the backend's own requests (SET_BACKEND_REQ_FD) on a thread of its own and counts changes of the configuration.</summary>
internal sealed class BackendRequestListener : IDisposable
{
    private static readonly TimeSpan s_idleTime = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_replyTime = TimeSpan.FromSeconds(1);
    private readonly object _changed = new();
    private readonly MessageChannel _messages;
    private readonly Thread _thread;
    private int _changes;

    public BackendRequestListener(FrontendChannel channel, string peer)
    {
        var (ours, theirs) = UnixStream.Pair();
        _messages = new(ours);
        try
        {
            channel.Tell(FrontendRequest.SetBackendReqFd, default, theirs.Descriptor);
        }
        catch
        {
            _messages.Dispose();
            throw;
        }
        finally
        {
            theirs.Dispose();
        }
        _thread = new(Listen) { IsBackground = true, Name = $"{peer} backend requests" };
        _thread.Start();
    }

    /// <summary>How often the backend said that the configuration changed.</summary>
    public int ConfigChanges => Volatile.Read(ref _changes);

    /// <summary>Waits until the configuration has changed more than <paramref name="seen"/> times.</summary>
    public bool WaitForConfigChange(int seen, TimeSpan timeout)
    {
        var deadline = MonotonicTime.Now + timeout;
        lock (_changed)
        {
            while (_changes <= seen)
            {
                var left = deadline - MonotonicTime.Now;
                if (left <= TimeSpan.Zero || !Monitor.Wait(_changed, left))
                    return _changes > seen;
            }
            return true;
        }
    }

    public void Dispose()
    {
        _messages.Stream.Shutdown();
        _thread.Join();
        _messages.Dispose();
    }

    private void Listen()
    {
        Span<byte> reply = stackalloc byte[MessageHeader.Length + sizeof(ulong)];
        while (true)
        {
            var status = _messages.Receive(s_idleTime);
            if (status == ChannelStatus.Nothing)
                continue;
            if (status != ChannelStatus.Message)
                return;
            var header = _messages.Header;
            var served = header.Backend == BackendRequest.ConfigChangeMsg;
            if (served)
                Changed();
            if (header.NeedsReply)
            {
                var writer = new MessageWriter(reply);
                writer.Write(served ? 0UL : 1UL);
                if (!_messages.Send(writer.Reply(header.Request), s_replyTime))
                    return;
            }
            _messages.Next();
        }
    }

    private void Changed()
    {
        lock (_changed)
        {
            _changes++;
            Monitor.PulseAll(_changed);
        }
    }
}
