namespace Stratos.Fabric.Devices.Rtc;

/// <summary>How a request ended (virtio 1.4, section 5.23.6).</summary>
internal enum RtcStatus : byte
{
    Ok = 0,
    NotSupported = 2,
    NoDevice = 3,
    Invalid = 4,
    IoError = 5,
}
