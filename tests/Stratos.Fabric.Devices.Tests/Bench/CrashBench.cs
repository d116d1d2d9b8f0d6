using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Pump;

namespace Stratos.Fabric.Devices.Tests.Bench;

/// <summary>
/// Runs a device on one thread and kills it at chosen steps: of the pump, or of what the device stands on. A death keeps
/// everything that outlives a process as it was at the step: it is copied there, the rest of the pass is let run, and the
/// copy is put back. A new device with new pumps then goes on.
/// </summary>
internal sealed class CrashBench : IDisposable
{
    private readonly Func<VirtioDevice> _create;
    private readonly Func<Action> _saveHost;
    private readonly Queue<int> _deaths;
    private PumpLoop[] _loops = [];
    private Doorbell[] _doorbells = [];
    private Action? _restore;

    /// <param name="create">Makes a device on the host's things as they are.</param>
    /// <param name="features">The negotiated features of the rings.</param>
    /// <param name="saveHost">Copies the host's things and returns what puts them back.</param>
    /// <param name="deaths">The steps at which to die, ascending.</param>
    public CrashBench(Func<VirtioDevice> create, ulong features, Func<Action> saveHost, IEnumerable<int> deaths)
    {
        (_create, _saveHost, _deaths) = (create, saveHost, new(deaths));
        VirtioDevice device = create();
        World = new GuestWorld(device, features | device.Features, queueSize: 8, megabytes: 1);
        Begin(device);
    }

    public GuestWorld World { get; }

    /// <summary>Steps that were made, over all lives.</summary>
    public int Steps { get; private set; }

    /// <summary>Deaths that happened.</summary>
    public int Died { get; private set; }

    /// <summary>One pass of every queue.</summary>
    public void Pass()
    {
        for (int i = 0; i < _loops.Length; i++) { Pass(i); }
    }

    /// <summary>One pass of one queue.</summary>
    public void Pass(int queue)
    {
        PumpLoop loop = _loops[queue];
        Survive(() => loop.Pass());
    }

    /// <summary>Runs an operation of the host or the driver in the device's process.</summary>
    public void Survive(Action operation)
    {
        operation();
        if (_restore is null)
        {
            Assert.All(_loops, static loop => Assert.Null(loop.End));
            return;
        }
        _restore();
        _restore = null;
        Died++;
        Begin(_create());
    }

    /// <summary>A place where a death may come.</summary>
    public void Step()
    {
        Steps++;
        if (_restore is not null || !_deaths.TryPeek(out int death) || Steps < death) { return; }
        _deaths.Dequeue();
        _restore = World.Save() + _saveHost();
    }

    public void Dispose()
    {
        foreach (Doorbell doorbell in _doorbells) { doorbell.Dispose(); }
        World.Dispose();
    }

    private void Begin(VirtioDevice device)
    {
        foreach (Doorbell doorbell in _doorbells) { doorbell.Dispose(); }
        device.Activate(new DeviceContext("dut", World.State, static () => { }));
        PumpOptions options = new() { Batch = 4, Probe = _ => Step() };
        _doorbells = [.. World.Rings.Select(static _ => new Doorbell())];
        _loops = [.. World.Rings.Select((ring, i) => MakeLoop(device, i, options))];
        foreach (PumpLoop loop in _loops)
        {
            Survive(loop.Open);
            if (!_loops.Contains(loop)) { return; }
        }
    }

    private PumpLoop MakeLoop(VirtioDevice device, int queue, PumpOptions options)
    {
        QueueSetup setup = World.Setup(queue);
        QueueContext context = new(queue, World.Description.Queues[queue].Name, setup.Size, setup.Features, setup.Journal.IsInitialised, _doorbells[queue].Ring);
        return new PumpLoop(setup, device.CreateHandler(context), options, _doorbells[queue]);
    }
}
