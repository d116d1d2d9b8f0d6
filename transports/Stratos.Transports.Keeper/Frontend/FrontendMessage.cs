using Stratos.Transports.VhostUser.Protocol.Messages;

namespace Stratos.Transports.Keeper.Frontend;

/// <summary>A frontend's message, whose form was checked, while it is handled.</summary>
internal readonly ref struct FrontendMessage(MessageHeader header, ReadOnlySpan<byte> payload, Span<int> descriptors, long now)
{
    private readonly Span<int> _descriptors = descriptors;

    public MessageHeader Header { get; } = header;
    public ReadOnlySpan<byte> Payload { get; } = payload;
    public long Now { get; } = now;
    public int Descriptors => _descriptors.Length;
    public FrontendRequest Request => Header.Frontend;

    /// <summary>Takes a descriptor out of the message, to keep it; those that are left are closed.</summary>
    public int Take(int index)
    {
        var descriptor = _descriptors[index];
        _descriptors[index] = Session.KeptDescriptor.None;
        return descriptor;
    }

    /// <summary>Reads the payload's first value.</summary>
    public T Read<T>() where T : unmanaged => new MessageReader(Payload).Read<T>();
}
