using System.Runtime.InteropServices;
using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Pump;
using Stratos.Transports.VhostUser.Protocol.Messages;
using Stratos.Transports.VhostUser.Protocol.Payloads;

namespace Stratos.Transports.VhostUser.Frontend;

/// <summary>
/// The frontend of a vhost-user session, as a VMM has one: it owns the guest memory and the rings, negotiates with a
/// backend and hands the queues over. Memory, rings and the record of requests in flight outlive a connection.
/// </summary>
/// <remarks>
/// Order of use: connect; read the configuration; <see cref="AddQueue"/> for each queue; <see cref="Start"/>; exchange
/// requests; <see cref="Stop"/> or, after a <see cref="BackendLostException"/>, <see cref="Reconnect(UnixStream)"/>.
/// One control thread; each queue's ring may belong to a thread of its own.
/// </remarks>
public sealed class VhostUserFrontend : IDisposable
{
    private const ulong AcknowledgedDriver = 1 | 2;
    private const ulong FeaturesOk = 8;
    private const ulong DriverOk = 4;

    private readonly FrontendOptions _options;
    private readonly SortedDictionary<int, FrontendQueue> _queues = [];
    private readonly string? _path;
    private ulong _transportFeatures;
    private BackendRequestListener? _backend;
    private InflightRegion? _inflight;
    private DirtyLog? _log;
    private bool _started;

    private VhostUserFrontend(UnixStream stream, string peer, string? path, FrontendOptions options)
    {
        (Peer, _path, _options) = (peer, path, options);
        Memory = new(options.MemoryLength, options.MemoryRegions);
        Channel = new(stream, peer, options.Timeout);
        try
        {
            Negotiate(options.Features);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The backend's address, for messages.</summary>
    public string Peer { get; }

    /// <summary>The negotiated virtio feature bits.</summary>
    public ulong Features { get; private set; }

    /// <summary>The virtio feature bits that the backend offers.</summary>
    public ulong OfferedFeatures { get; private set; }

    /// <summary>The negotiated protocol features.</summary>
    public ProtocolFeatures ProtocolFeatures => Channel.Negotiated;

    /// <summary>How many queues the backend has; 1 where it cannot say.</summary>
    public int MaxQueues { get; private set; } = 1;

    /// <summary>The guest memory.</summary>
    public FrontendMemory Memory { get; }

    /// <summary>The queues by index.</summary>
    public IReadOnlyDictionary<int, FrontendQueue> Queues => _queues;

    /// <summary>How often the backend said that the configuration changed, on this connection.</summary>
    public int ConfigChanges => _backend?.ConfigChanges ?? 0;

    internal FrontendChannel Channel { get; private set; }

    internal bool HasProtocolFeatures => (_transportFeatures & VhostFeatures.ProtocolFeatures) != 0;

    /// <summary>Connects to a backend that listens, and negotiates.</summary>
    /// <param name="path">The backend's socket.</param>
    /// <param name="options">What to ask for.</param>
    /// <exception cref="LinuxException">Nobody listens there.</exception>
    /// <exception cref="BackendRefusedException">The backend lacks a required feature, or refused.</exception>
    public static VhostUserFrontend Connect(string path, FrontendOptions options) =>
        new(UnixStream.Connect(path), $"vhost-user {path}", path, options);

    /// <summary>Takes a connection that a backend made to us, and negotiates.</summary>
    /// <param name="stream">The connection; owned by the frontend.</param>
    /// <param name="options">What to ask for.</param>
    public static VhostUserFrontend Over(UnixStream stream, FrontendOptions options) =>
        new(stream, "vhost-user backend", null, options);

    /// <summary>Makes a queue with a ring in guest memory; it is handed over by <see cref="Start"/>.</summary>
    /// <param name="index">The virtqueue index.</param>
    /// <param name="size">The queue size.</param>
    public FrontendQueue AddQueue(int index, ushort size)
    {
        if (_started)
            throw new InvalidOperationException($"{Peer}: queues are added before the device is started.");
        var queue = new FrontendQueue(this, index, size);
        _queues.Add(index, queue);
        return queue;
    }

    /// <summary>Hands memory, the record of requests in flight and all queues to the backend; after <see cref="Stop"/>, again.</summary>
    public void Start()
    {
        HandOver();
        _started = true;
    }

    /// <summary>Connects again to the path of the first connection; see <see cref="Reconnect(UnixStream)"/>.</summary>
    public void Reconnect()
    {
        if (_path is null)
            throw new InvalidOperationException($"{Peer}: the backend connects to us; accept its next connection and hand it over.");
        Reconnect(UnixStream.Connect(_path));
    }

    /// <summary>Goes on with another connection: the same features, memory, record of requests in flight and queues.</summary>
    /// <param name="stream">The connection; owned by the frontend.</param>
    /// <exception cref="BackendRefusedException">The new backend lacks a feature that is in use.</exception>
    /// <remarks>No thread may be using a queue meanwhile. Without a kept record, a queue begins at the device's used index.</remarks>
    public void Reconnect(UnixStream stream)
    {
        Disconnect();
        Channel = new(stream, Peer, _options.Timeout);
        var features = Features;
        Negotiate(features);
        if (Features != features)
            throw new BackendRefusedException($"{Peer}: features 0x{features:x} are in use, of which the backend now lacks 0x{features & ~Features:x}.");
        if (_started)
            HandOver();
    }

    /// <summary>Stops all queues and returns where each stands; requests in flight were completed by the backend.</summary>
    public IReadOnlyDictionary<int, QueueState> Stop()
    {
        var states = new Dictionary<int, QueueState>();
        foreach (var queue in _queues.Values)
        {
            if (queue.IsStarted)
                states[queue.Index] = queue.Stop();
        }
        SetStatus(0);
        _started = false;
        return states;
    }

    /// <summary>Resets the device (RESET_DEVICE) and brings all rings back to their first state.</summary>
    public void Reset()
    {
        Stop();
        if (Channel.Has(ProtocolFeatures.ResetDevice))
            Channel.Tell(FrontendRequest.ResetDevice);
        foreach (var queue in _queues.Values)
            queue.Ring.Reset();
        _inflight?.Dispose();
        _inflight = null;
    }

    /// <summary>Reads the configuration space.</summary>
    /// <exception cref="BackendRefusedException">The backend has no such bytes.</exception>
    public void ReadConfig(int offset, Span<byte> destination)
    {
        Require(ProtocolFeatures.Config, "its configuration space");
        var request = new byte[ConfigHeader.Length + destination.Length];
        var header = new ConfigHeader((uint)offset, (uint)destination.Length, 0);
        MemoryMarshal.Write(request, in header);
        var answer = Channel.Ask(FrontendRequest.GetConfig, request, [], out _);
        if (answer.Length != request.Length)
            throw new BackendRefusedException($"{Peer}: configuration bytes {offset} to {offset + destination.Length}: the backend answered {answer.Length} bytes.");
        answer.AsSpan(ConfigHeader.Length).CopyTo(destination);
    }

    /// <summary>Writes the configuration space as the driver does.</summary>
    public void WriteConfig(int offset, ReadOnlySpan<byte> source)
    {
        Require(ProtocolFeatures.Config, "its configuration space");
        var request = new byte[ConfigHeader.Length + source.Length];
        var header = new ConfigHeader((uint)offset, (uint)source.Length, 0);
        MemoryMarshal.Write(request, in header);
        source.CopyTo(request.AsSpan(ConfigHeader.Length));
        Channel.Tell(FrontendRequest.SetConfig, request);
    }

    /// <summary>Waits until the backend has reported more changes of the configuration than <paramref name="seen"/>.</summary>
    public bool WaitForConfigChange(int seen, TimeSpan timeout)
    {
        Require(ProtocolFeatures.BackendReq, "a channel for its own requests");
        return _backend!.WaitForConfigChange(seen, timeout);
    }

    /// <summary>Lets the backend mark the pages it writes (LOG_SHMFD), as for a migration.</summary>
    /// <param name="log">The log; stays the caller's and outlives its use.</param>
    public void StartLog(DirtyLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        Require(ProtocolFeatures.LogShmFd, "dirty logging");
        _log = log;
        SendLog();
        foreach (var queue in _queues.Values)
            queue.SendAddresses(log: true);
    }

    /// <summary>Ends dirty logging.</summary>
    public void StopLog()
    {
        _log = null;
        Channel.Tell(FrontendRequest.SetFeatures, Features | _transportFeatures);
        foreach (var queue in _queues.Values)
            queue.SendAddresses(log: false);
    }

    /// <summary>Closes the connection and gives memory and rings back. Queues that run are not stopped first: call <see cref="Stop"/>.</summary>
    public void Dispose()
    {
        Disconnect();
        foreach (var queue in _queues.Values)
            queue.Dispose();
        _inflight?.Dispose();
        Memory.Dispose();
    }

    internal PollEntry PollConnection() => new(Channel.Descriptor, PollEvents.PeerClosed);

    private void Disconnect()
    {
        Channel.Dispose();
        _backend?.Dispose();
        _backend = null;
        foreach (var queue in _queues.Values)
            queue.ConnectionLost();
    }

    private void Negotiate(ulong wanted)
    {
        OfferedFeatures = Channel.Ask<ulong>(FrontendRequest.GetFeatures);
        var lacking = _options.RequiredFeatures & ~OfferedFeatures;
        if (lacking != 0)
            throw new BackendRefusedException($"{Peer}: the backend offers features 0x{OfferedFeatures:x} and lacks 0x{lacking:x}, without which there is no session.");
        _transportFeatures = OfferedFeatures & VhostFeatures.ProtocolFeatures;
        Features = OfferedFeatures & wanted & ~VhostFeatures.All;
        if (HasProtocolFeatures)
            NegotiateProtocol();
        Channel.Tell(FrontendRequest.SetOwner);
        if (Channel.Has(ProtocolFeatures.MultiQueue))
            MaxQueues = (int)Math.Min(Channel.Ask<ulong>(FrontendRequest.GetQueueNum), 1024);
        if (Channel.Has(ProtocolFeatures.BackendReq))
            _backend = new(Channel, Peer);
        SetStatus(AcknowledgedDriver);
    }

    private void NegotiateProtocol()
    {
        var wanted = _options.ProtocolFeatures;
        if (!_options.KeepInflight)
            wanted &= ~ProtocolFeatures.InflightShmFd;
        var common = (ProtocolFeatures)Channel.Ask<ulong>(FrontendRequest.GetProtocolFeatures) & wanted;
        Channel.Tell(FrontendRequest.SetProtocolFeatures, (ulong)common);
        Channel.Negotiated = common;
    }

    private void HandOver()
    {
        Channel.Tell(FrontendRequest.SetFeatures, Features | _transportFeatures);
        SetStatus(AcknowledgedDriver | FeaturesOk);
        if (_options.MemoryBySlots && Channel.Has(ProtocolFeatures.ConfigureMemSlots))
            Memory.SendSlots(Channel);
        else
            Memory.SendTable(Channel);
        if (Channel.Has(ProtocolFeatures.InflightShmFd) && _queues.Count > 0)
        {
            _inflight ??= InflightRegion.Get(Channel, Peer, _queues.Keys.Last() + 1, _queues.Values.Max(queue => queue.Ring.Size));
            _inflight.Set(Channel);
        }
        if (_log is not null)
            SendLog();
        foreach (var queue in _queues.Values)
            queue.Start(queue.Ring.State, _log is not null);
        SetStatus(AcknowledgedDriver | FeaturesOk | DriverOk);
    }

    private void SendLog()
    {
        _log!.Send(Channel);
        Channel.Tell(FrontendRequest.SetFeatures, Features | _transportFeatures | VhostFeatures.LogAll);
    }

    private void SetStatus(ulong status)
    {
        if (Channel.Has(ProtocolFeatures.Status))
            Channel.Tell(FrontendRequest.SetStatus, status);
    }

    private void Require(ProtocolFeatures feature, string what)
    {
        if (!Channel.Has(feature))
            throw new BackendRefusedException($"{Peer}: the backend does not offer {what} ({feature}).");
    }
}
