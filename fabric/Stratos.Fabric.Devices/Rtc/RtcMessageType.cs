namespace Stratos.Fabric.Devices.Rtc;

/// <summary>Requests and notifications (virtio 1.4, sections 5.23.6.2 to 5.23.6.4).</summary>
internal enum RtcMessageType : ushort
{
    Read = 0x0001,
    ReadCross = 0x0002,
    Config = 0x1000,
    ClockCapabilities = 0x1001,
    CrossCapability = 0x1002,
    ReadAlarm = 0x1003,
    SetAlarm = 0x1004,
    SetAlarmEnabled = 0x1005,
    AlarmNotification = 0x2000,
}
