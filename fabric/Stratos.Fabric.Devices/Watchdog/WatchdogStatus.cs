namespace Stratos.Fabric.Devices.Watchdog;

/// <summary>How a request ended; OK is the byte of the protocol in use.</summary>
internal enum WatchdogStatus : byte
{
    Ok = 1,
    Invalid = 2,
    Locked = 3,
    NotSupported = 4,
}
