using Stratos.Fabric.Devices.Transfers;
using Stratos.Fabric.Virtio.Contract;

namespace Stratos.Fabric.Devices.Spi;

/// <summary>What a device gives its handlers.</summary>
/// <param name="Port">The controller.</param>
/// <param name="Access">Which chip selects the guest may use.</param>
/// <param name="Thread">The thread that waits for the bus; null if the bus never waits.</param>
/// <param name="Context">The device's surroundings.</param>
internal sealed record SpiServices(ISpiPort Port, SpiAccess Access, TransferThread? Thread, DeviceContext Context);
