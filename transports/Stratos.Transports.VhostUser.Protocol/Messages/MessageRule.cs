namespace Stratos.Transports.VhostUser.Protocol.Messages;

/// <summary>What the specification says of one kind of message, before any session state is looked at.</summary>
/// <param name="Name">The request's name in the specification, without its prefix.</param>
/// <param name="Request">The request's number.</param>
public sealed record MessageRule(string Name, uint Request)
{
    /// <summary>Fewest payload bytes.</summary>
    public int MinPayload { get; init; }

    /// <summary>Most payload bytes.</summary>
    public int MaxPayload { get; init; }

    /// <summary>Fewest descriptors.</summary>
    public int MinDescriptors { get; init; }

    /// <summary>Most descriptors.</summary>
    public int MaxDescriptors { get; init; }

    /// <summary>Whether the request is answered.</summary>
    public ReplyKind Reply { get; init; }

    /// <summary>Fewest payload bytes of the answer; an acknowledgement has 8.</summary>
    public int MinReply { get; init; } = sizeof(ulong);

    /// <summary>Most payload bytes of the answer.</summary>
    public int MaxReply { get; init; } = sizeof(ulong);

    /// <summary>Most descriptors of the answer.</summary>
    public int MaxReplyDescriptors { get; init; }

    /// <summary>The protocol feature that must have been negotiated before; <see cref="ProtocolFeatures.None"/> if none.</summary>
    public ProtocolFeatures Requires { get; init; }

    /// <summary>Whether the request is to be answered.</summary>
    /// <param name="header">The request's header.</param>
    /// <param name="replyAck">Whether REPLY_ACK was negotiated.</param>
    public bool IsAnswered(MessageHeader header, bool replyAck) => Reply == ReplyKind.Own || (replyAck && header.NeedsReply);

    /// <summary>Checks a request's form.</summary>
    /// <returns>What is wrong, or null.</returns>
    public string? CheckRequest(MessageHeader header, int descriptors) =>
        header.IsReply ? $"{Name}: the reply flag is set in a request"
            : CheckVersion(header) ?? CheckSize(header.Size, MinPayload, MaxPayload, "") ?? CheckDescriptors(descriptors);

    /// <summary>Checks a reply's form.</summary>
    /// <returns>What is wrong, or null.</returns>
    public string? CheckReply(MessageHeader header, int descriptors)
    {
        if (header.Request != Request) return $"{Name}: the reply is to request {header.Request}, not to {Request}";
        if (!header.IsReply) return $"{Name}: the reply flag is not set in the reply";
        if (descriptors > MaxReplyDescriptors) return $"{Name}: the reply has {descriptors} descriptors, at most {MaxReplyDescriptors} expected";
        return CheckVersion(header) ?? CheckSize(header.Size, MinReply, MaxReply, " of the reply");
    }

    private string? CheckVersion(MessageHeader header) =>
        header.HasVersion ? null : $"{Name}: version {header.VersionBits} in the header, 1 expected";

    private string? CheckSize(uint size, int min, int max, string where)
    {
        if (size >= min && size <= max) return null;
        return $"{Name}: payload{where} has {size} bytes, {(min == max ? $"{min}" : $"{min} to {max}")} expected";
    }

    private string? CheckDescriptors(int count)
    {
        if (count >= MinDescriptors && count <= MaxDescriptors) return null;
        var expected = MinDescriptors == MaxDescriptors ? $"{MinDescriptors}" : $"{MinDescriptors} to {MaxDescriptors}";
        return $"{Name}: {count} descriptors came with it, {expected} expected";
    }
}
