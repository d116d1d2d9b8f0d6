using System.Diagnostics;

namespace Stratos.Fabric.Virtio.Contract;

/// <summary>What a device sees of the world that runs it.</summary>
/// <param name="name">The device's name within the fabric.</param>
/// <param name="state">Device state that outlives this process; its length is the device's <see cref="VirtioDevice.StateLength"/>.</param>
/// <param name="notifyConfigChanged">Sends the configuration change notification; callable from any thread.</param>
/// <param name="warn">Takes a line for the log; callable from any thread, at most once a second. Null drops it.</param>
/// <param name="report">Takes an event of the device that its partition is to know; callable from any thread. Null drops it.</param>
public sealed class DeviceContext(string name, DeviceState state, Action notifyConfigChanged, Action<string>? warn = null, Action<string>? report = null)
{
    private long _nextWarning = long.MinValue;
    private long _suppressed;

    /// <summary>The context of a device that no session has: its state is zeroes that nobody keeps, and its notifications go nowhere.</summary>
    /// <param name="stateLength">Bytes of state.</param>
    internal static DeviceContext BeforeSession(int stateLength) => new("", DeviceState.Local(stateLength), static () => { });

    /// <summary>The device's name within the fabric.</summary>
    public string Name { get; } = name;

    /// <summary>Device state that outlives this process.</summary>
    public DeviceState State { get; } = state;

    /// <summary>Tells the driver that the configuration space has changed (virtio 1.4, section 2.3). Any thread.</summary>
    public void NotifyConfigChanged() => notifyConfigChanged();

    /// <summary>
    /// Makes an event of the device known to its partition, which logs it and tells the other partitions: a watchdog
    /// expired. Not for what a guest can cause at will; that is <see cref="Warn"/>'s. Any thread.
    /// </summary>
    /// <param name="what">What happened and what was done about it.</param>
    public void Report(string what) => report?.Invoke(what);

    /// <summary>
    /// Reports something that a guest or the host did wrong and that the device survived. Any thread. At most one line a
    /// second comes out, with the number of those held back, so that a guest cannot fill a log; texts that are constants
    /// cost a guest's victim nothing.
    /// </summary>
    /// <param name="where">The queue or port, such as <see cref="QueueContext.Name"/>.</param>
    /// <param name="what">What was wrong and what the device did about it.</param>
    public void Warn(string where, string what)
    {
        if (warn is null) { return; }
        long now = Stopwatch.GetTimestamp();
        long next = Volatile.Read(ref _nextWarning);
        if (now < next || Interlocked.CompareExchange(ref _nextWarning, now + Stopwatch.Frequency, next) != next)
        {
            Interlocked.Increment(ref _suppressed);
            return;
        }
        long suppressed = Interlocked.Exchange(ref _suppressed, 0);
        warn(suppressed == 0 ? $"{where}: {what}" : $"{where}: {what} ({suppressed} more warnings held back)");
    }
}
