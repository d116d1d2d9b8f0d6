using System.Buffers.Binary;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Fabric.Devices.Can;

/// <summary>The CAN device (virtio 1.4, section 5.20): one controller on an <see cref="ICanPort"/>.</summary>
/// <remarks>
/// When its backend is lost, the controller stays as it is: what was handed to the bus is sent, what is received waits. A
/// new owner finds the mode in the device's state and goes on.
/// </remarks>
public sealed class CanDevice : VirtioDevice
{
    private const ushort QueueSize = 64;
    private const int TransmitQueue = 0;
    private const int ReceiveQueue = 1;

    private readonly Lock _gate = new();
    private CanState _state;
    private CanTransmitHandler? _transmit;
    private CanReceiveHandler? _receive;
    private bool _isOpen;

    /// <summary>Makes a device on a port, which it disposes when it is deactivated.</summary>
    /// <param name="port">The port, not open yet.</param>
    /// <param name="features">What is offered: bits of <see cref="CanFeatures"/>.</param>
    /// <param name="access">Which frames the guest may send and get; null for all.</param>
    public CanDevice(ICanPort port, ulong features, CanAccess? access = null)
    {
        (Port, Features, Access) = (port, features, access ?? CanAccess.Full);
        _state = new CanState(Context.State);
    }

    /// <summary>Makes the device that the options describe.</summary>
    /// <exception cref="ArgumentException">An option cannot be used.</exception>
    public static CanDevice Create(CanOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        CanAccess access = options.Access;
        return new(options.OpenPort(), options.Features, access);
    }

    /// <inheritdoc/>
    public override VirtioDeviceId Id => VirtioDeviceId.Can;

    /// <inheritdoc/>
    public override ulong Features { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<QueueDescription> Queues { get; } = [new("Txq", QueueSize), new("Rxq", QueueSize), new("Controlq", QueueSize)];

    /// <inheritdoc/>
    public override int ConfigLength => sizeof(ushort);

    /// <inheritdoc/>
    public override int StateLength => CanState.Length;

    /// <summary>The controller.</summary>
    internal ICanPort Port { get; }

    /// <summary>Which frames may pass.</summary>
    internal CanAccess Access { get; }

    /// <inheritdoc/>
    public override void ReadConfig(int offset, Span<byte> destination)
    {
        Span<byte> space = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16LittleEndian(space, _state.Mode is CanControllerState.BusOff ? CanMessage.BusOffStatus : (ushort)0);
        space.Slice(offset, destination.Length).CopyTo(destination);
    }

    /// <inheritdoc/>
    public override QueueHandler CreateHandler(QueueContext queue)
    {
        ArgumentNullException.ThrowIfNull(queue);
        Open();
        switch (queue.Index)
        {
            case TransmitQueue:
                CanTransmitHandler transmit = new(this, queue, _state);
                Volatile.Write(ref _transmit, transmit);
                return transmit;
            case ReceiveQueue:
                CanReceiveHandler receive = new(this, queue, _state);
                Volatile.Write(ref _receive, receive);
                return receive;
            default:
                return new CanControlHandler(this, queue);
        }
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        lock (_gate)
        {
            if (_isOpen) { Port.Stop(); }
            _state.Mode = CanControllerState.Stopped;
        }
    }

    /// <inheritdoc/>
    public override void Deactivate() => Port.Dispose();

    /// <inheritdoc/>
    protected override void OnActivated() => _state = new CanState(Context.State);

    /// <summary>Reports something that the device survived.</summary>
    internal void Warn(string where, string what) => Context.Warn(where, what);

    /// <summary>Starts or stops the controller; false if it did not.</summary>
    internal bool SetStarted(bool start)
    {
        lock (_gate)
        {
            if (!(start ? Port.Start() : Port.Stop())) { return false; }
            _state.Mode = start ? CanControllerState.Started : CanControllerState.Stopped;
        }
        // What waited for the bus is cancelled before the driver hears that the controller is stopped.
        Changed();
        return true;
    }

    /// <summary>Whether the driver knows what became of a frame that it sent; not while nobody could tell it.</summary>
    internal bool HasHeardOf(ulong key) => Volatile.Read(ref _transmit)?.HasHeardOf(key) ?? false;

    /// <summary>There may be something to receive now. Any thread.</summary>
    internal void WakeReceiver() => Volatile.Read(ref _receive)?.Wake();

    /// <summary>A handler has come to its end.</summary>
    internal void Detach(QueueHandler handler)
    {
        Interlocked.CompareExchange(ref _transmit, null, handler as CanTransmitHandler);
        Interlocked.CompareExchange(ref _receive, null, handler as CanReceiveHandler);
    }

    private void Open()
    {
        if (_isOpen) { return; }
        _isOpen = true;
        Port.Open(Changed);
        lock (_gate)
        {
            // A real port, or a board that was lost, knows nothing of the mode; a board may know an earlier driver's.
            if (_state.Mode is CanControllerState.Started && Port.State is CanControllerState.Stopped) { Port.Start(); }
            if (_state.Mode is CanControllerState.Stopped && Port.State is not CanControllerState.Stopped) { Port.Stop(); }
        }
        // The previous owner may have died between the change and its announcement.
        if (_state.Mode is CanControllerState.BusOff) { Context.NotifyConfigChanged(); }
    }

    /// <summary>Something happened at the port. Any thread.</summary>
    private void Changed()
    {
        lock (_gate)
        {
            if (Port.State is CanControllerState.BusOff && _state.Mode is CanControllerState.Started)
            {
                _state.Mode = CanControllerState.BusOff;
                Context.NotifyConfigChanged();
            }
        }
        Volatile.Read(ref _transmit)?.Settle();
        WakeReceiver();
    }
}
