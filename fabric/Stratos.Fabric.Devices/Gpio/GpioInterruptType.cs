namespace Stratos.Fabric.Devices.Gpio;

/// <summary>What of a line makes an interrupt: VIRTIO_GPIO_IRQ_TYPE_* (virtio 1.4, section 5.18.6).</summary>
public enum GpioInterruptType : byte
{
    /// <summary>The line makes no interrupts.</summary>
    None = 0,
    /// <summary>A change from low to high.</summary>
    RisingEdge = 1,
    /// <summary>A change from high to low.</summary>
    FallingEdge = 2,
    /// <summary>Each change.</summary>
    BothEdges = 3,
    /// <summary>While the line is high.</summary>
    HighLevel = 4,
    /// <summary>While the line is low.</summary>
    LowLevel = 8,
}
