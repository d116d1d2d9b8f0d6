namespace Stratos.Fabric.Virtio.Spec;

/// <summary>Virtio device ids (virtio 1.4, section 5).</summary>
public enum VirtioDeviceId : uint
{
    /// <summary>Not a device.</summary>
    Reserved = 0,
    /// <summary>Network device, section 5.1.</summary>
    Net = 1,
    /// <summary>Block device, section 5.2.</summary>
    Block = 2,
    /// <summary>Console device, section 5.3.</summary>
    Console = 3,
    /// <summary>Entropy device, section 5.4.</summary>
    Entropy = 4,
}
