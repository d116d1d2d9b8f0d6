namespace Stratos.Fabric.Virtio.Contract;

/// <summary>A virtqueue as its device states it.</summary>
/// <param name="Name">The specification's name of the queue, such as <c>requestq</c>; unique within the device.</param>
/// <param name="MaxSize">The largest queue size, 1 to 32768; a power of two, as split rings need it.</param>
public readonly record struct QueueDescription(string Name, ushort MaxSize);
