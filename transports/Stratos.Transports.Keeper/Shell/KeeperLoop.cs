using Stratos.Fabric.Linux;

namespace Stratos.Transports.Keeper.Shell;

/// <summary>
/// A session keeper: one thread that waits for sockets, processes and deadlines, and carries out what the sessions ask for.
/// </summary>
/// <remarks>
/// The constructor binds all sockets, so that what is wrong with them shows at once. <see cref="Run"/> is called by one
/// thread; <see cref="Stop"/> may be called by any, also from a signal handler's.
/// </remarks>
public sealed class KeeperLoop : IDisposable
{
    private readonly WatchTable _watches = new();
    private readonly EventFd _stop = EventFd.Create();
    private readonly Dictionary<string, DeviceShell> _devices = [];
    private readonly ControlDoor _control;
    private readonly KeeperOptions _options;
    private readonly IKeeperLog _log;
    private long _endAt = long.MaxValue;

    /// <summary>Makes the sessions and binds the sockets.</summary>
    /// <param name="options">What to keep.</param>
    /// <param name="log">Where to say what happens.</param>
    /// <exception cref="ArgumentException">Two devices have the same name.</exception>
    /// <exception cref="LinuxException">A socket cannot be bound; the message says which and why.</exception>
    public KeeperLoop(KeeperOptions options, IKeeperLog log)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(log);
        (_options, _log) = (options, log);
        try
        {
            foreach (var device in options.Devices)
            {
                if (_devices.ContainsKey(device.Name)) throw new ArgumentException($"device '{device.Name}' is given twice", nameof(options));
                _devices.Add(device.Name, new(device, options.Limits, options.Policy, _watches, log));
            }
            _control = new(options.ControlPath, _devices, _watches, log);
            _watches.Add(_stop.Descriptor, PollEvents.Readable, _ => End());
        }
        catch
        {
            Release();
            throw;
        }
    }

    /// <summary>Serves until <see cref="Stop"/> was called and all sessions have ended, or the deadline for that is over.</summary>
    /// <returns>Whether all sessions ended in order.</returns>
    public bool Run()
    {
        foreach (var device in _devices.Values) device.Carry();
        while (true)
        {
            var now = MonotonicClock.Nanoseconds;
            TimePassed(now);
            if (HasEnded) return true;
            if (now >= _endAt) return false;
            _watches.Wait(Pause(now));
        }
    }

    /// <summary>Asks the keeper to end its sessions in order and to return. Any thread; idempotent.</summary>
    public void Stop() => _stop.Signal();

    /// <summary>Closes everything. A keeper that runs must have been stopped before.</summary>
    public void Dispose()
    {
        _control.Dispose();
        Release();
    }

    private bool HasEnded
    {
        get
        {
            if (_endAt == long.MaxValue) return false;
            foreach (var device in _devices.Values) if (!device.Session.HasEnded) return false;
            return true;
        }
    }

    private void TimePassed(long now)
    {
        _control.TimePassed(now);
        foreach (var device in _devices.Values) device.TimePassed(now);
    }

    private TimeSpan Pause(long now)
    {
        var next = Math.Min(_control.NextDeadline, _endAt);
        foreach (var device in _devices.Values) next = Math.Min(next, device.NextDeadline);
        if (next == long.MaxValue) return Timeout.InfiniteTimeSpan;
        // Rounded up to the clock's tick of 100 ns, or the last stretch would be waited for in vain.
        return next <= now ? TimeSpan.Zero : TimeSpan.FromTicks(((next - now) / 100) + 1);
    }

    private void End()
    {
        _stop.TryConsume(out _);
        if (_endAt != long.MaxValue) return;
        _endAt = MonotonicClock.Nanoseconds + ((long)_options.StopDeadline.TotalMilliseconds * 1_000_000);
        _log.Write("keeper", "stopping");
        foreach (var device in _devices.Values) device.End();
    }

    private void Release()
    {
        foreach (var device in _devices.Values) device.Dispose();
        _devices.Clear();
        _stop.Dispose();
        _watches.Dispose();
    }
}
