using System.Buffers.Binary;

namespace Stratos.Fabric.Devices.Rtc;

/// <summary>A request as the driver made it, read from the device's own copy of it.</summary>
internal readonly ref struct RtcRequest
{
    /// <summary>VIRTIO_RTC_FLAG_ALARM_ENABLED.</summary>
    public const byte AlarmEnabled = 1;

    private const int HeadReservedAt = 2;

    private readonly ReadOnlySpan<byte> _bytes;

    private RtcRequest(ReadOnlySpan<byte> bytes, RtcMessageType type, RtcMessage message)
    {
        _bytes = bytes;
        (Type, Message) = (type, message);
    }

    public RtcMessageType Type { get; }

    public RtcMessage Message { get; }

    /// <summary>The clock's number; 0 in a request that has none.</summary>
    public ushort Clock => Message.ClockAt == 0 ? (ushort)0 : BinaryPrimitives.ReadUInt16LittleEndian(_bytes[Message.ClockAt..]);

    /// <summary>The counter of a request about one.</summary>
    public RtcCounter Counter => (RtcCounter)_bytes[Message.ArgumentAt];

    /// <summary>Whether the counter's number means anything to the device.</summary>
    public bool HasKnownCounter => Counter is RtcCounter.ArmVirtualCount or RtcCounter.X86TimeStamp or RtcCounter.Invalid;

    /// <summary>Whether a request that sets an alarm enables it.</summary>
    public bool Enables => (_bytes[Message.ArgumentAt] & AlarmEnabled) != 0;

    /// <summary>The time of a request that sets an alarm.</summary>
    public ulong AlarmTime => BinaryPrimitives.ReadUInt64LittleEndian(_bytes[RtcMessage.AlarmTimeAt..]);

    /// <summary>Whether the request is about an alarm.</summary>
    public bool IsAboutAlarm => Type is RtcMessageType.ReadAlarm or RtcMessageType.SetAlarm or RtcMessageType.SetAlarmEnabled;

    /// <summary>Whether the request is about a hardware counter.</summary>
    public bool IsAboutCounter => Type is RtcMessageType.ReadCross or RtcMessageType.CrossCapability;

    /// <summary>Whether the driver set what it must leave zero: reserved bytes, or flags that there are not.</summary>
    public bool HasForbiddenBits =>
        _bytes[HeadReservedAt..RtcMessage.HeadLength].ContainsAnyExcept((byte)0)
        || _bytes[Message.ReservedAt..Message.RequestLength].ContainsAnyExcept((byte)0)
        || (Type is RtcMessageType.SetAlarm or RtcMessageType.SetAlarmEnabled && (_bytes[Message.ArgumentAt] & ~AlarmEnabled) != 0);

    /// <summary>Reads a request.</summary>
    /// <param name="bytes">The beginning of the readable part, at most <see cref="RtcMessage.MaxLength"/> bytes of it.</param>
    /// <param name="request">The request.</param>
    /// <returns>OK; or that the type is unknown, or that the request is too short.</returns>
    public static RtcStatus Read(ReadOnlySpan<byte> bytes, out RtcRequest request)
    {
        request = default;
        if (bytes.Length < RtcMessage.HeadLength) { return RtcStatus.Invalid; }
        RtcMessageType type = (RtcMessageType)BinaryPrimitives.ReadUInt16LittleEndian(bytes);
        if (!RtcMessage.TryGet(type, out RtcMessage message)) { return RtcStatus.NotSupported; }
        if (bytes.Length < message.RequestLength) { return RtcStatus.Invalid; }
        request = new(bytes, type, message);
        return RtcStatus.Ok;
    }
}
