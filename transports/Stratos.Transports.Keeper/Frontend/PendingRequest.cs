using Stratos.Transports.Keeper.Kept;
using Stratos.Transports.VhostUser.Protocol.Framing;
using Stratos.Transports.VhostUser.Protocol.Messages;

namespace Stratos.Transports.Keeper.Frontend;

/// <summary>The one request of a frontend that is not answered yet. Reused; the payload's room is made once.</summary>
internal sealed class PendingRequest
{
    private const int MostDescriptors = 8;

    private readonly byte[] _payload = new byte[FrameParser.LongestPayload];
    private readonly int[] _descriptors = new int[MostDescriptors];
    private int _length;
    private int _count;

    public PendingKind Kind { get; private set; }
    public MessageHeader Header { get; private set; }
    public bool IsAnswered { get; private set; }
    public long Deadline { get; private set; } = long.MaxValue;

    /// <summary>Whether the command is with the worker that serves.</summary>
    public bool IsSent { get; set; }

    /// <summary>The setting that is forgotten if nobody takes it.</summary>
    public SyncStep Setting { get; private set; } = SyncStep.None;

    public bool IsActive => Kind != PendingKind.None;
    public FrontendRequest Request => Header.Frontend;
    public ReadOnlySpan<byte> Payload => _payload.AsSpan(0, _length);
    public Span<int> Descriptors => _descriptors.AsSpan(0, _count);

    public void AwaitDescription(MessageHeader header, ReadOnlySpan<byte> payload, ReadOnlySpan<int> descriptors, long deadline)
    {
        Begin(PendingKind.Description, header, answered: true, deadline);
        payload.CopyTo(_payload);
        descriptors.CopyTo(_descriptors);
        (_length, _count) = (payload.Length, descriptors.Length);
    }

    public void AwaitSetting(MessageHeader header, bool answered, in SyncStep setting, long deadline)
    {
        Begin(PendingKind.Setting, header, answered, deadline);
        Setting = setting;
    }

    public void AwaitCommand(MessageHeader header, bool answered, ReadOnlySpan<byte> payload, long deadline)
    {
        Begin(PendingKind.Command, header, answered, deadline);
        payload.CopyTo(_payload);
        _length = payload.Length;
    }

    public void Clear()
    {
        (Kind, Deadline, IsSent, Setting) = (PendingKind.None, long.MaxValue, false, SyncStep.None);
        (_length, _count) = (0, 0);
    }

    private void Begin(PendingKind kind, MessageHeader header, bool answered, long deadline)
    {
        Clear();
        (Kind, Header, IsAnswered, Deadline) = (kind, header, answered, deadline);
    }
}
