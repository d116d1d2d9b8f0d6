using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Devices.Watchdog;

/// <summary>The thread that looks when a deadline is due, and resets the machine. It lives while the requestq runs.</summary>
internal sealed class WatchdogWatch
{
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(1);

    private readonly WatchdogDevice _device;
    private readonly EventFd _wake = EventFd.Create();
    private bool _stopped;

    public WatchdogWatch(WatchdogDevice device)
    {
        _device = device;
        new Thread(Run) { IsBackground = true, Name = "watchdog" }.Start();
    }

    /// <summary>The next deadline may be another. With the device's gate held.</summary>
    public void Changed()
    {
        if (!_stopped) { _wake.Signal(); }
    }

    /// <summary>Ends the thread. With the device's gate held.</summary>
    public void Stop()
    {
        _stopped = true;
        _wake.Signal();
    }

    private void Run()
    {
        while (true)
        {
            TimeSpan pause;
            bool acts;
            lock (_device.Gate)
            {
                if (_stopped) { break; }
                pause = _device.Look();
                acts = _device.TryBeginReset();
            }
            // Without the gate: the reset may take seconds, and may stop this very queue meanwhile.
            if (acts && !_device.Reset(out pause)) { pause = s_retry; }
            Poll.Wait(_wake.Descriptor, PollEvents.Readable, pause);
            _wake.TryConsume(out _);
        }
        _wake.Dispose();
    }
}
