namespace Stratos.Fabric.Devices.Watchdog;

/// <summary>What a request of the extended watchdog asks (docs/standards/virtio-watchdog.md, "Requests").</summary>
internal enum WatchdogRequestType : ushort
{
    Ping = 0,
    SetTimeout = 1,
    SetPreTimeout = 2,
    SetWindow = 3,
    SetProcessors = 4,
    Stop = 5,
    ClearBootStatus = 6,
}
