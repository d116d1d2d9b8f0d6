using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Pump;

namespace Stratos.Testing;

/// <summary>
/// A device in this process without actors: operations go to the device and to pumps directly. It checks the order that
/// the contract asks of a transport (<see cref="VirtioDevice"/>, <see cref="IDevicePort"/>) and throws
/// <see cref="LifecycleViolationException"/> where a transport breaks it.
/// </summary>
/// <remarks>
/// A device object is used for one session; as the contract has it activated once, a second <c>Attach</c> makes a new
/// device by the factory.
/// </remarks>
public sealed class LocalDevicePort : IDevicePort, IDisposable
{
    private readonly Func<VirtioDevice> _create;
    private readonly PumpOptions _options;
    private readonly TimeSpan _stopDeadline;
    private readonly Dictionary<int, QueuePump> _pumps = [];
    private readonly Dictionary<int, QueueState> _stopped = [];
    private readonly List<(int Queue, PumpEnd End)> _ends = [];
    private readonly List<string> _warnings = [];
    private readonly List<string> _reports = [];
    private readonly Lock _endsLock = new();
    private VirtioDevice _device;
    private DeviceDescription _description;
    private IDeviceEvents? _events;
    private int _performing;
    private bool _active;

    /// <summary>Serves devices that a factory makes.</summary>
    /// <param name="name">The device's name.</param>
    /// <param name="create">Makes a device for each session.</param>
    /// <param name="options">How to pump; null for the defaults.</param>
    /// <param name="stopDeadline">How long a stopped queue's requests may take; null for 10 seconds.</param>
    public LocalDevicePort(string name, Func<VirtioDevice> create, PumpOptions? options = null, TimeSpan? stopDeadline = null)
    {
        ArgumentNullException.ThrowIfNull(create);
        (Name, _create, _options) = (name, create, options ?? new PumpOptions());
        _stopDeadline = stopDeadline ?? TimeSpan.FromSeconds(10);
        _device = create();
        _description = DeviceDescription.Of(name, _device);
    }

    /// <summary>Serves one device for one session.</summary>
    public LocalDevicePort(string name, VirtioDevice device, PumpOptions? options = null)
        : this(name, () => device, options) { }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>The device of the current session.</summary>
    public VirtioDevice Device => _device;

    /// <summary>Lines that the device wrote with <see cref="DeviceContext.Warn"/>.</summary>
    public IReadOnlyList<string> Warnings
    {
        get { lock (_endsLock) { return [.. _warnings]; } }
    }

    /// <summary>What the device made known with <see cref="DeviceContext.Report"/>.</summary>
    public IReadOnlyList<string> Reports
    {
        get { lock (_endsLock) { return [.. _reports]; } }
    }

    /// <summary>Which queues run.</summary>
    public IReadOnlyCollection<int> Running => _pumps.Keys;

    /// <summary>What pumps reported when they ended by themselves, in order. Any thread.</summary>
    public IReadOnlyList<(int Queue, PumpEnd End)> Ends
    {
        get { lock (_endsLock) { return [.. _ends]; } }
    }

    /// <summary>The counters of a running queue.</summary>
    public PumpCounters Counters(int queue) => _pumps[queue].Counters;

    /// <inheritdoc/>
    public TReply Perform<TReply>(DeviceOperation<TReply> operation)
    {
        if (Interlocked.Exchange(ref _performing, 1) != 0) { throw new LifecycleViolationException($"{Name}: {operation} came while another operation was under way."); }
        try
        {
            return (TReply)Carry(operation);
        }
        finally
        {
            Volatile.Write(ref _performing, 0);
        }
    }

    /// <summary>Stops all queues and gives the device up.</summary>
    public void Dispose()
    {
        foreach (int queue in _pumps.Keys.ToArray()) { Stop(queue); }
        if (_active) { _device.Deactivate(); }
        _active = false;
    }

    private object Carry(DeviceOperation operation) => operation switch
    {
        DeviceOperation.Describe => _description,
        DeviceOperation.ReadConfig read => ReadConfig(read),
        DeviceOperation.WriteConfig write => WriteConfig(write),
        DeviceOperation.Attach attach => Attach(attach),
        DeviceOperation.StartQueue start => Start(start.Setup),
        DeviceOperation.StopQueue stop => Stop(stop.Index),
        DeviceOperation.Reset => Reset(),
        _ => throw new DeviceOperationException($"{Name}: {operation.GetType().Name} is not an operation that this port knows."),
    };

    private byte[] ReadConfig(DeviceOperation.ReadConfig read)
    {
        RequireConfigRange(read.Offset, read.Length);
        byte[] bytes = new byte[read.Length];
        _device.ReadConfig(read.Offset, bytes);
        return bytes;
    }

    private Done WriteConfig(DeviceOperation.WriteConfig write)
    {
        RequireConfigRange(write.Offset, write.Data.Length);
        _device.WriteConfig(write.Offset, write.Data.Span);
        return Done.Instance;
    }

    private Done Attach(DeviceOperation.Attach attach)
    {
        if (_pumps.Count > 0) { throw new LifecycleViolationException($"{Name}: a session began while queues {string.Join(", ", _pumps.Keys)} of the one before run."); }
        if (attach.State.Bytes.Length < _description.StateLength)
        {
            throw new LifecycleViolationException($"{Name}: the session gives {attach.State.Bytes.Length} bytes of state, and the device needs {_description.StateLength}.");
        }
        if (_active)
        {
            _device.Deactivate();
            _device = _create();
            _description = DeviceDescription.Of(Name, _device);
        }
        _events = attach.Events;
        _active = true;
        _stopped.Clear();
        _device.Activate(new DeviceContext(
            Name, attach.State, attach.Events.ConfigChanged, line => { lock (_endsLock) { _warnings.Add(line); } }, what => { lock (_endsLock) { _reports.Add(what); } }));
        return Done.Instance;
    }

    private Done Start(QueueSetup setup)
    {
        if (!_active) { throw new LifecycleViolationException($"{Name}: queue {setup.Index} was started before a session began."); }
        if (setup.Index < 0 || setup.Index >= _description.Queues.Count) { throw new DeviceOperationException($"{Name}: there is no queue {setup.Index}; the device has {_description.Queues.Count}."); }
        if (_pumps.ContainsKey(setup.Index)) { throw new LifecycleViolationException($"{Name}: queue {setup.Index} was started while it runs."); }
        QueueDescription queue = _description.Queues[setup.Index];
        if (setup.Size > queue.MaxSize) { throw new DeviceOperationException($"{Name}: queue {setup.Index} has at most {queue.MaxSize} entries, not {setup.Size}."); }
        if ((setup.Features & ~(_description.Features | 1UL << 30)) != 0)
        {
            throw new LifecycleViolationException($"{Name}: features {setup.Features & ~_description.Features:#x} were negotiated and not offered.");
        }
        if ((_description.RequiredFeatures & ~setup.Features) is not 0 and var missing)
        {
            throw new DeviceOperationException($"{Name}: features {missing:#x} are required and were not negotiated.");
        }
        int index = setup.Index;
        QueuePump pump = new($"{Name}/{queue.Name}", _device, setup, _options, end => Ended(index, end));
        _pumps.Add(index, pump);
        pump.Start();
        return Done.Instance;
    }

    private QueueState Stop(int index)
    {
        if (!_pumps.TryGetValue(index, out QueuePump? pump)) { return _stopped.GetValueOrDefault(index, QueueState.Initial); }
        QueueState state = pump.Stop(_stopDeadline);
        _pumps.Remove(index);
        _stopped[index] = state;
        return state;
    }

    private Done Reset()
    {
        foreach (int queue in _pumps.Keys.ToArray()) { Stop(queue); }
        _stopped.Clear();
        if (_active) { _device.Reset(); }
        return Done.Instance;
    }

    private void Ended(int queue, PumpEnd end)
    {
        lock (_endsLock) { _ends.Add((queue, end)); }
        if (end is PumpEnd.RingFailed failed) { _events?.QueueFailed(queue, failed.Reason); }
    }

    private void RequireConfigRange(int offset, int length)
    {
        if (offset < 0 || length < 0 || offset > _description.ConfigLength || length > _description.ConfigLength - offset)
        {
            throw new DeviceOperationException($"{Name}: configuration bytes {offset} to {(long)offset + length} are beyond the {_description.ConfigLength} that there are.");
        }
    }
}
