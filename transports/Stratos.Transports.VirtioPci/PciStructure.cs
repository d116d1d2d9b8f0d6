namespace Stratos.Transports.VirtioPci;

/// <summary>The structures that a virtio PCI function has (virtio 1.4, section 4.1.4): the field <c>cfg_type</c> of a capability.</summary>
public enum PciStructure : byte
{
    /// <summary>VIRTIO_PCI_CAP_COMMON_CFG.</summary>
    Common = 1,

    /// <summary>VIRTIO_PCI_CAP_NOTIFY_CFG.</summary>
    Notify = 2,

    /// <summary>VIRTIO_PCI_CAP_ISR_CFG.</summary>
    Interrupt = 3,

    /// <summary>VIRTIO_PCI_CAP_DEVICE_CFG.</summary>
    Device = 4,
}
