using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Pump;
using Stratos.Transports.VhostUser.Backend;

namespace Stratos.Testing;

/// <summary>A device served over vhost-user in this process, at a socket of its own, without actors and keeper.</summary>
public sealed class ServedDevice : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("stratos-").FullName;
    private readonly Func<VirtioDevice> _create;
    private readonly PumpOptions? _pump;
    private readonly BackendMode _mode;
    private readonly List<string> _log = [];
    private CancellationTokenSource _stop = new();
    private Thread? _thread;
    private Exception? _failure;

    /// <summary>Serves a device.</summary>
    /// <param name="create">Makes the device for each session.</param>
    /// <param name="mode">Who connects to whom. A device that connects finds the caller's listener at <see cref="Path"/> whenever it is there.</param>
    /// <param name="pump">How to pump; null for the defaults.</param>
    public ServedDevice(Func<VirtioDevice> create, BackendMode mode = BackendMode.Listen, PumpOptions? pump = null)
    {
        (_create, _pump, _mode) = (create, pump, mode);
        Path = System.IO.Path.Combine(_directory, "device.sock");
        Start();
    }

    /// <summary>The socket.</summary>
    public string Path { get; }

    /// <summary>The port, for what a test wants to know of the device.</summary>
    public LocalDevicePort Port { get; private set; } = null!;

    /// <summary>What the backend logged.</summary>
    public IReadOnlyList<string> Log
    {
        get { lock (_log) { return [.. _log]; } }
    }

    /// <summary>A path in the device's own directory, which is removed at the end.</summary>
    public string PathOf(string name) => System.IO.Path.Combine(_directory, name);

    /// <summary>Ends the backend, as an orderly stop of its process would, and serves again.</summary>
    public void Restart()
    {
        Stop();
        Start();
    }

    /// <summary>Ends the backend.</summary>
    public void Stop()
    {
        _stop.Cancel();
        _thread?.Join();
        _stop.Dispose();
        _stop = new();
        Port.Dispose();
        if (_failure is not null) { throw new InvalidOperationException("The backend failed.", _failure); }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Stop();
        _stop.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private void Start()
    {
        Port = new LocalDevicePort("device", _create, _pump);
        VhostUserBackend backend = new(new() { SocketPath = Path, Mode = _mode, Log = line => { lock (_log) { _log.Add(line); } } });
        (LocalDevicePort port, CancellationToken stop) = (Port, _stop.Token);
        _thread = new Thread(() => Serve(backend, port, stop)) { Name = "served device", IsBackground = true };
        _thread.Start();
        if (_mode == BackendMode.Listen) { WaitFor.Condition(CanConnect, $"a listener at {Path}"); }
    }

    private void Serve(VhostUserBackend backend, LocalDevicePort port, CancellationToken stop)
    {
        try
        {
            backend.Serve(port, stop);
        }
        catch (Exception failure)
        {
            _failure = failure;
        }
    }

    /// <summary>A listener's file appears before it listens; only a connection tells.</summary>
    private bool CanConnect()
    {
        if (_failure is not null) { throw new InvalidOperationException("The backend failed.", _failure); }
        try
        {
            UnixStream.Connect(Path).Dispose();
            return true;
        }
        catch (LinuxException)
        {
            return false;
        }
    }
}
