using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Devices.Rtc.Alarms;

/// <summary>The thread that looks at the clocks when an alarm may be due. It lives while the alarmq runs.</summary>
internal sealed class AlarmWatch
{
    private readonly RtcDevice _device;
    private readonly EventFd _wake = EventFd.Create();
    private readonly Thread _thread;
    private bool _stopped;

    public AlarmWatch(RtcDevice device)
    {
        _device = device;
        _thread = new Thread(Run) { IsBackground = true, Name = "alarms" };
        _thread.Start();
    }

    /// <summary>Alarms have changed: look when the next one is due. With the device's gate held.</summary>
    public void Changed()
    {
        if (!_stopped) { _wake.Signal(); }
    }

    /// <summary>Ends the thread, which touches nothing of the device any more. With the device's gate held.</summary>
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
            bool watches;
            lock (_device.Gate)
            {
                if (_stopped) { break; }
                watches = _device.LookAtClocks(out pause);
            }
            if (watches) { _device.Port.Wait(pause, _wake); }
            else { Poll.Wait(_wake.Descriptor, PollEvents.Readable, Timeout.InfiniteTimeSpan); }
            _wake.TryConsume(out _);
        }
        _wake.Dispose();
    }
}
