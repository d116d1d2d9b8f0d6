using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Pump;

namespace Stratos.Actors.Devices;

/// <summary>One device of a partition: what it is, and how its frontend reaches it.</summary>
/// <param name="Name">The device's name within the fabric; unique within the partition.</param>
/// <param name="Create">Makes the device object. Called again after a failure of the device and for each further session; on a thread of the device's own.</param>
/// <param name="Session">The transport session, which is run again whenever it ends.</param>
/// <param name="Options">How its queues are pumped.</param>
public sealed record DeviceBinding(string Name, Func<VirtioDevice> Create, ITransportSession Session, PumpOptions Options);
