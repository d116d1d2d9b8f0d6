namespace Stratos.Fabric.Virtio.Contract;

/// <summary>A device refused an operation; the message names the device, the operation, the reason and the remedy.</summary>
public sealed class DeviceOperationException(string message, Exception? inner = null) : Exception(message, inner);
