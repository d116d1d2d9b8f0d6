using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Transports.VhostUser.Channel;

namespace Stratos.Transports.VhostUser.Backend;

/// <summary>Serves one connection until it ends: waits for messages, for what the device tells, and for the order to stop.</summary>
internal sealed class BackendConnection(
    MessageChannel channel, IDevicePort device, DeviceDescription description, BackendOptions options, WakeUp wake, KeeperAttachment? keeper)
{
    private TimeSpan? _leavesBy;

    /// <summary>Serves the connection. Whatever the reason for its end, the device is reset and everything received is closed.</summary>
    /// <exception cref="SessionFailedException">The peer did something that ends a session; the message says what.</exception>
    /// <exception cref="DeviceOperationException">The device failed.</exception>
    internal void Serve(CancellationToken stop)
    {
        var session = Open();
        try
        {
            while (TakeMessages(ref session, stop))
            {
                Wait(session);
                session.HandleEvents();
            }
        }
        catch (LinuxException e)
        {
            throw new SessionFailedException(e.Message, e);
        }
        finally
        {
            session.End();
            session.Dispose();
        }
    }

    /// <summary>Takes the messages that are there.</summary>
    /// <returns>False when the peer has closed the connection, or this side is to.</returns>
    private bool TakeMessages(ref BackendSession session, CancellationToken stop)
    {
        while (GoesOn(session, stop))
        {
            switch (channel.TryReceive())
            {
                case ChannelStatus.Nothing:
                    return true;
                case ChannelStatus.Closed:
                    return false;
                case ChannelStatus.Faulted:
                    throw new SessionFailedException(channel.Fault!);
            }
            session.HandleMessage();
            channel.Next();
            if (session.IsOver) session = Open();
        }
        return false;
    }

    /// <summary>
    /// Whether to go on in spite of the order to stop: a worker of a keeper asks to be relieved, and serves until the
    /// keeper has taken its rings over and hangs up.
    /// </summary>
    private bool GoesOn(BackendSession session, CancellationToken stop)
    {
        if (!stop.IsCancellationRequested) return true;
        if (keeper is null) return false;
        if (_leavesBy is null)
        {
            session.Leave();
            _leavesBy = MonotonicTime.Now + options.LeavePatience;
        }
        return MonotonicTime.Now < _leavesBy;
    }

    private void Wait(BackendSession session)
    {
        Span<PollEntry> entries = stackalloc PollEntry[3];
        entries[0] = new(channel.Descriptor, PollEvents.Readable);
        entries[1] = new(wake.Descriptor, PollEvents.Readable);
        var requests = session.Requests;
        if (requests is not null) entries[2] = new(requests.Descriptor, requests.Wanted);
        var limit = _leavesBy is { } end ? end - MonotonicTime.Now : Timeout.InfiniteTimeSpan;
        if (_leavesBy is not null && limit < TimeSpan.Zero) return;
        Poll.Wait(entries[..(requests is null ? 2 : 3)], limit);
        if (entries[1].Returned != PollEvents.None) wake.Consume();
        if (requests is not null && entries[2].Returned != PollEvents.None) session.ContinueRequests();
    }

    private BackendSession Open()
    {
        var session = new BackendSession(channel, device, description, options.MemorySlots, wake, options.Log, keeper);
        if (keeper is null) session.Begin();
        return session;
    }
}
