using Stratos.Fabric.Devices.Transfers;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Fabric.Devices.Spi;

/// <summary>The SPI controller device (virtio 1.4, section 5.21) on an <see cref="ISpiPort"/>.</summary>
public sealed class SpiControllerDevice : VirtioDevice
{
    private const ushort QueueSize = 64;

    private readonly ISpiPort _port;
    private readonly SpiAccess _access;
    private TransferThread? _thread;

    /// <summary>Makes a device on a controller, which it disposes when it is deactivated.</summary>
    /// <param name="port">The controller.</param>
    /// <param name="access">Which chip selects the guest may use; null for all.</param>
    public SpiControllerDevice(ISpiPort port, SpiAccess? access = null)
    {
        ArgumentNullException.ThrowIfNull(port);
        (_port, _access) = (port, access ?? SpiAccess.All);
    }

    /// <inheritdoc/>
    public override VirtioDeviceId Id => VirtioDeviceId.Spi;

    /// <inheritdoc/>
    public override ulong Features => 0;

    /// <inheritdoc/>
    public override IReadOnlyList<QueueDescription> Queues { get; } = [new("requestq", QueueSize)];

    /// <inheritdoc/>
    public override int ConfigLength => SpiCapabilities.Length;

    /// <inheritdoc/>
    public override int StateLength => TransferLedger.Length;

    /// <summary>Called between any two stores into the device's state; for tests that let the process die there.</summary>
    internal Action? Probe { get; init; }

    /// <inheritdoc/>
    public override void ReadConfig(int offset, Span<byte> destination)
    {
        Span<byte> space = stackalloc byte[SpiCapabilities.Length];
        _port.Capabilities.Write(space);
        space.Slice(offset, destination.Length).CopyTo(destination);
    }

    /// <inheritdoc/>
    public override QueueHandler CreateHandler(QueueContext queue)
    {
        ArgumentNullException.ThrowIfNull(queue);
        if (!_port.IsImmediate) { _thread ??= new TransferThread(Context.Name); }
        TransferLedger ledger = new(Context.State, 0) { Probe = Probe };
        if (ledger.Client == 0) { DeselectAll(); }
        return new SpiHandler(new(_port, _access, _thread, Context), queue, ledger);
    }

    /// <inheritdoc/>
    public override void Reset() => DeselectAll();

    /// <inheritdoc/>
    public override void Deactivate()
    {
        _thread?.Dispose();
        _thread = null;
        _port.Dispose();
    }

    private void DeselectAll()
    {
        for (byte chipSelect = 0; chipSelect < _port.Capabilities.ChipSelects; chipSelect++)
        {
            if (_access.Allows(chipSelect)) { _port.Deselect(chipSelect); }
        }
    }
}
