using Stratos.Fabric.Devices.Transfers;
using Stratos.Fabric.Virtio.Contract;

namespace Stratos.Fabric.Devices.I2c;

/// <summary>What a device gives its handlers.</summary>
/// <param name="Port">The bus.</param>
/// <param name="Access">Which addresses the guest may use.</param>
/// <param name="Thread">The thread that waits for the bus; null if the bus never waits.</param>
/// <param name="Time">The clock for incomplete groups.</param>
/// <param name="Context">The device's surroundings.</param>
internal sealed record I2cServices(II2cPort Port, I2cAccess Access, TransferThread? Thread, TimeProvider Time, DeviceContext Context);
