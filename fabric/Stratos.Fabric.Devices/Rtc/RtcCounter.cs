namespace Stratos.Fabric.Devices.Rtc;

/// <summary>A hardware counter that a driver can read by itself (virtio 1.4, section 5.23.6.1.3).</summary>
public enum RtcCounter : byte
{
    /// <summary>CNTVCT_EL0, the virtual count of Arm's generic timer.</summary>
    ArmVirtualCount = 0,

    /// <summary>The time-stamp counter of x86.</summary>
    X86TimeStamp = 1,

    /// <summary>No counter.</summary>
    Invalid = 0xFF,
}
