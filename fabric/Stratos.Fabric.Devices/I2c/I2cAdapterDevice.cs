using Stratos.Fabric.Devices.Transfers;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Fabric.Devices.I2c;

/// <summary>The I2C adapter device (virtio 1.4, section 5.16) on an <see cref="II2cPort"/>.</summary>
public sealed class I2cAdapterDevice : VirtioDevice
{
    private const ushort QueueSize = 64;

    private readonly II2cPort _port;
    private readonly I2cAccess _access;
    private readonly TimeProvider _time;
    private TransferThread? _thread;

    /// <summary>Makes a device on a bus, which it disposes when it is deactivated.</summary>
    /// <param name="port">The bus.</param>
    /// <param name="access">Which addresses the guest may use; null for all.</param>
    /// <param name="time">The clock for incomplete groups; null for the system's.</param>
    public I2cAdapterDevice(II2cPort port, I2cAccess? access = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(port);
        (_port, _access, _time) = (port, access ?? I2cAccess.All, time ?? TimeProvider.System);
    }

    /// <inheritdoc/>
    public override VirtioDeviceId Id => VirtioDeviceId.I2cAdapter;

    /// <inheritdoc/>
    public override ulong Features => I2cFeatures.ZeroLengthRequest;

    /// <inheritdoc/>
    public override ulong RequiredFeatures => I2cFeatures.ZeroLengthRequest;

    /// <inheritdoc/>
    public override IReadOnlyList<QueueDescription> Queues { get; } = [new("requestq", QueueSize)];

    /// <inheritdoc/>
    public override int StateLength => TransferLedger.Length;

    /// <summary>Called between any two stores into the device's state; for tests that let the process die there.</summary>
    internal Action? Probe { get; init; }

    /// <inheritdoc/>
    public override QueueHandler CreateHandler(QueueContext queue)
    {
        ArgumentNullException.ThrowIfNull(queue);
        if (!_port.IsImmediate) { _thread ??= new TransferThread(Context.Name); }
        return new I2cHandler(new(_port, _access, _thread, _time, Context), queue, new(Context.State, 0) { Probe = Probe });
    }

    /// <inheritdoc/>
    public override void Deactivate()
    {
        _thread?.Dispose();
        _thread = null;
        _port.Dispose();
    }
}
