namespace Stratos.Fabric.Virtio.Driver;

/// <summary>The device broke a rule of the ring: the message says which ring, which rule, and the numbers that were found.</summary>
public sealed class DeviceMisbehavedException(string message) : Exception(message);
