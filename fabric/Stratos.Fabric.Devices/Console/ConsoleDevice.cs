using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Fabric.Devices.Console;

/// <summary>The console device (virtio 1.4, section 5.3): one port or several, each on an <see cref="IConsoleStream"/>.</summary>
public sealed class ConsoleDevice : VirtioDevice
{
    private const ushort QueueSize = 128;
    private const int ControlReceive = 2;
    private const int ControlTransmit = 3;

    private readonly ConsoleOptions _options;
    private readonly ConsolePort[] _ports;
    private readonly bool _hasControl;
    private ControlReceiveHandler? _control;
    private bool _isMultiPort;
    private ulong _size;

    /// <summary>Makes a device on streams, which it disposes when it is deactivated.</summary>
    /// <param name="options">Everything but where the bytes go.</param>
    /// <param name="streams">The host ports, one for each port of the options.</param>
    public ConsoleDevice(ConsoleOptions options, IReadOnlyList<IConsoleStream> streams)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(streams);
        _options = options;
        _hasControl = options.MultiPort || options.Ports.Count > 1;
        _ports = [.. options.Ports.Select((port, i) => new ConsolePort(i, i == 0 ? port with { IsConsole = true } : port, streams[i], this))];
        _size = new TerminalSize(options.Columns, options.Rows).Packed;
        Queues = [.. Enumerable.Range(0, _hasControl ? 2 * (_ports.Length + 1) : 2).Select(NameQueue)];
        Board = new PortBoard(Context.State);
    }

    /// <summary>
    /// Makes the device that the options describe. A terminal that they name then belongs to this process; to have it
    /// outlive this process, let <see cref="ConsoleLauncher"/> own it in another.
    /// </summary>
    /// <exception cref="ArgumentException">An option cannot be used.</exception>
    public static ConsoleDevice Create(ConsoleOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        List<IConsoleStream> streams = [];
        try
        {
            foreach (ConsolePortOptions port in options.Ports) { streams.Add(port.OpenStream()); }
            return new(options, streams);
        }
        catch
        {
            foreach (IConsoleStream stream in streams) { stream.Dispose(); }
            throw;
        }
    }

    /// <inheritdoc/>
    public override VirtioDeviceId Id => VirtioDeviceId.Console;

    /// <inheritdoc/>
    public override ulong Features =>
        ConsoleFeatures.Size | ConsoleFeatures.EmergencyWrite | (_hasControl ? ConsoleFeatures.MultiPort : 0);

    /// <inheritdoc/>
    public override IReadOnlyList<QueueDescription> Queues { get; }

    /// <inheritdoc/>
    public override int ConfigLength => ConsoleConfiguration.Length;

    /// <inheritdoc/>
    public override int StateLength => LedgerOffset(Queues.Count);

    /// <summary>Number of ports.</summary>
    internal int PortCount => _ports.Length;

    /// <summary>What device and driver have told each other.</summary>
    internal PortBoard Board { get; private set; }

    private TerminalSize Size => TerminalSize.Unpack((uint)Volatile.Read(ref _size));

    /// <summary>Plugs a port in or unplugs it. Any thread. Of effect for drivers that know several ports.</summary>
    /// <param name="port">The port's number.</param>
    /// <param name="present">Whether it is to be there.</param>
    public void SetPresent(int port, bool present)
    {
        _ports[port].IsPresent = present;
        OnDriverChanged();
    }

    /// <inheritdoc/>
    public override void ReadConfig(int offset, Span<byte> destination)
    {
        Span<byte> space = stackalloc byte[ConsoleConfiguration.Length];
        ConsoleConfiguration.Write(space, Size, _ports.Length);
        space.Slice(offset, destination.Length).CopyTo(destination);
    }

    /// <inheritdoc/>
    public override void WriteConfig(int offset, ReadOnlySpan<byte> source)
    {
        if (!ConsoleConfiguration.TryGetCharacter(offset, source, out byte character)) { return; }
        _ports[0].Watch();
        _ports[0].PutEmergency(character);
    }

    /// <inheritdoc/>
    public override QueueHandler CreateHandler(QueueContext queue)
    {
        ArgumentNullException.ThrowIfNull(queue);
        _isMultiPort = (queue.Features & ConsoleFeatures.MultiPort) != 0;
        RequestLedger ledger = new(Context.State, LedgerOffset(queue.Index));
        if (_hasControl && queue.Index == ControlReceive) { return _control = new ControlReceiveHandler(this, queue, ledger); }
        if (_hasControl && queue.Index == ControlTransmit) { return new ControlTransmitHandler(this, queue); }
        ConsolePort port = _ports[queue.Index < ControlReceive ? 0 : (queue.Index / 2) - 1];
        QueueHandler handler = queue.Index % 2 == 0
            ? new ConsoleInputHandler(port, queue, ledger)
            : new ConsoleOutputHandler(port, queue, ledger);
        port.Watch();
        return handler;
    }

    /// <inheritdoc/>
    public override void Reset() => Board.Clear(_ports.Length);

    /// <inheritdoc/>
    public override void Deactivate()
    {
        foreach (ConsolePort port in _ports) { port.Stream.Dispose(); }
    }

    /// <inheritdoc/>
    protected override void OnActivated() => Board = new PortBoard(Context.State);

    /// <summary>Whether the guest has opened a port; without control queues it always has.</summary>
    internal bool IsGuestListening(ConsolePort port) => !_isMultiPort || Board.FlagsOf(port.Index).HasFlag(PortFlags.GuestOpen);

    /// <summary>The name of a port.</summary>
    internal string NameOf(int port) => _ports[port].Name;

    /// <summary>Reports something that the device survived.</summary>
    internal void Warn(string where, string what) => Context.Warn(where, what);

    /// <summary>The next thing that the driver does not know; false if it knows everything.</summary>
    internal bool TryGetNews(out ConsoleMessage message, out TerminalSize? size)
    {
        size = null;
        message = default;
        if (!Board.IsDriverReady) { return false; }
        foreach (ConsolePort port in _ports)
        {
            if (TryGetNews(port, out message, out size)) { return true; }
        }
        return false;
    }

    /// <summary>The driver may have to be told something. Any thread.</summary>
    internal void OnDriverChanged() => Volatile.Read(ref _control)?.Changed();

    /// <summary>The guest set a port up, opened or closed it.</summary>
    internal void OnGuestChanged(int port)
    {
        OnDriverChanged();
        _ports[port].OnGuestChanged();
    }

    /// <summary>A port's other end came, went, or changed its size. The stream's thread.</summary>
    internal void OnStreamChanged(ConsolePort port)
    {
        OnDriverChanged();
        if (port.Index == 0 && port.Stream.Size is { } size && Interlocked.Exchange(ref _size, size.Packed) != size.Packed)
        {
            Context.NotifyConfigChanged();
        }
    }

    private bool TryGetNews(ConsolePort port, out ConsoleMessage message, out TerminalSize? size)
    {
        uint id = (uint)port.Index;
        PortFlags told = Board.FlagsOf(port.Index);
        bool added = told.HasFlag(PortFlags.Added);
        size = null;
        message = new(id, port.IsPresent ? ConsoleEvent.PortAdd : ConsoleEvent.PortRemove, 0);
        if (port.IsPresent != added) { return true; }
        if (!added || !told.HasFlag(PortFlags.Ready)) { return false; }
        message = new(id, ConsoleEvent.ConsolePort, 1);
        if (port.IsConsole && !told.HasFlag(PortFlags.ConsoleTold)) { return true; }
        message = new(id, ConsoleEvent.PortName, 1);
        if (port.Name.Length > 0 && !told.HasFlag(PortFlags.NameTold)) { return true; }
        bool open = port.Stream.IsOpen;
        message = new(id, ConsoleEvent.PortOpen, open ? (ushort)1 : (ushort)0);
        if (open != told.HasFlag(PortFlags.HostOpenTold)) { return true; }
        message = new(id, ConsoleEvent.Resize, 0);
        size = port.IsConsole ? port.Stream.Size : null;
        return size is not null && size != Board.SizeOf(port.Index);
    }

    private int LedgerOffset(int queue)
    {
        int board = (PortBoard.LengthFor(_ports.Length) + 63) & ~63;
        return board + (queue * RequestLedger.Length);
    }

    private QueueDescription NameQueue(int index) => index switch
    {
        0 or 1 => new(index == 0 ? "receiveq0" : "transmitq0", QueueSize),
        ControlReceive => new("control-receiveq", QueueSize),
        ControlTransmit => new("control-transmitq", QueueSize),
        _ => new($"{(index % 2 == 0 ? "receiveq" : "transmitq")}{(index / 2) - 1}", QueueSize),
    };
}
