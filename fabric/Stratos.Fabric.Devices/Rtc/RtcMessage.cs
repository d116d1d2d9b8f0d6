namespace Stratos.Fabric.Devices.Rtc;

/// <summary>The shape of each request: how long it and its response are, and which of its bytes the driver must leave zero.</summary>
/// <param name="RequestLength">Bytes of the request.</param>
/// <param name="ResponseLength">Bytes of the response when it succeeds.</param>
/// <param name="ClockAt">Where the clock's number is; 0 if there is none.</param>
/// <param name="ArgumentAt">Where the byte of flags or of a counter's number is; 0 if there is none.</param>
/// <param name="ReservedAt">From where to the end the request is reserved.</param>
internal readonly record struct RtcMessage(int RequestLength, int ResponseLength, int ClockAt, int ArgumentAt, int ReservedAt)
{
    /// <summary>Length of the headers of requests, responses and notifications.</summary>
    public const int HeadLength = 8;

    /// <summary>Where the alarm's time is in a request that sets it.</summary>
    public const int AlarmTimeAt = 8;

    /// <summary>Length of a notification of an alarm.</summary>
    public const int NotificationLength = 16;

    /// <summary>No request and no response is longer.</summary>
    public const int MaxLength = 24;

    /// <summary>The message of a type; false if there is none that a driver may send.</summary>
    public static bool TryGet(RtcMessageType type, out RtcMessage message)
    {
        message = type switch
        {
            RtcMessageType.Read => new(16, 16, 8, 0, 10),
            RtcMessageType.ReadCross => new(16, 24, 8, 10, 11),
            RtcMessageType.Config => new(8, 16, 0, 0, 8),
            RtcMessageType.ClockCapabilities => new(16, 16, 8, 0, 10),
            RtcMessageType.CrossCapability => new(16, 16, 8, 10, 11),
            RtcMessageType.ReadAlarm => new(16, 24, 8, 0, 10),
            RtcMessageType.SetAlarm => new(24, 8, 16, 18, 19),
            RtcMessageType.SetAlarmEnabled => new(16, 8, 8, 10, 11),
            _ => default,
        };
        return message.RequestLength > 0;
    }
}
