namespace Stratos.Fabric.Devices.Can.Bus;

/// <summary>A device's port at a simulated bus: a station, and a thread that moves the bus and tells the device.</summary>
public sealed class BusPort : ICanPort
{
    private readonly CanBus _bus;
    private readonly string _name;
    private readonly TimeSpan _patience;
    private readonly bool _watch;
    private CanStation? _station;
    private Thread? _watcher;
    private Action _changed = static () => { };
    private volatile bool _stopping;

    /// <summary>Makes a port.</summary>
    /// <param name="bus">The bus; owned by the port.</param>
    /// <param name="station">The station's name.</param>
    /// <param name="patience">For how long the bus waits when the guest does not take its frames.</param>
    /// <param name="watch">False if somebody calls <see cref="Poll"/> in place of a thread.</param>
    public BusPort(CanBus bus, string station, TimeSpan patience, bool watch = true) =>
        (_bus, _name, _patience, _watch) = (bus, station, patience, watch);

    /// <inheritdoc/>
    public ulong Identity => _bus.Identity;

    /// <inheritdoc/>
    public CanControllerState State => Station.Controller.State;

    /// <inheritdoc/>
    public int Room => Station.Room;

    private CanStation Station => _station ?? throw new InvalidOperationException($"station {_name}: the port is not open.");

    /// <inheritdoc/>
    public void Open(Action changed)
    {
        (_station, _changed) = (_bus.Join(_name), changed);
        if (!_watch) { return; }
        _watcher = new Thread(Watch, 256 * 1024) { IsBackground = true, Name = $"can {_name}" };
        _watcher.Start();
    }

    /// <summary>Moves the bus as far as it is due and tells the device.</summary>
    public void Poll()
    {
        _bus.Step();
        _changed();
    }

    /// <inheritdoc/>
    public bool Start()
    {
        Station.Start(_patience);
        return true;
    }

    /// <inheritdoc/>
    public bool Stop()
    {
        Station.Stop();
        return true;
    }

    /// <inheritdoc/>
    public void ForgetKeys() => Station.ForgetKeys();

    /// <inheritdoc/>
    public bool Offer(ulong key, in CanFrame frame) => Station.Offer(key, frame);

    /// <inheritdoc/>
    public CanFate FateOf(ulong key) => Station.FateOf(key);

    /// <inheritdoc/>
    public bool TryPeek(out CanFrame frame, out ulong position, out bool isOwn, out ulong? key) =>
        Station.TryPeek(out frame, out position, out isOwn, out key);

    /// <inheritdoc/>
    public void Consume(ulong position) => Station.Consume(position);

    /// <summary>Leaves the bus; the station stays as it is.</summary>
    public void Dispose()
    {
        _stopping = true;
        if (_watcher is not null)
        {
            _bus.Raise();
            _watcher.Join();
        }
        _bus.Dispose();
    }

    private void Watch()
    {
        while (!_stopping)
        {
            uint seen = _bus.Signal;
            long next = _bus.Step();
            _changed();
            if (!_stopping) { _bus.Wait(seen, next); }
        }
    }
}
