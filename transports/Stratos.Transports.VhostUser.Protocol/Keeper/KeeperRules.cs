using Stratos.Transports.VhostUser.Protocol.Messages;

namespace Stratos.Transports.VhostUser.Protocol.Keeper;

/// <summary>The rules of the messages of the keeper link.</summary>
public static class KeeperRules
{
    /// <summary>HELLO: <see cref="KeeperHello"/>.</summary>
    public static MessageRule Hello { get; } = Rule("KEEPER_HELLO", KeeperRequest.Hello, KeeperHello.Length);

    /// <summary>ATTACH: u64 length of the device state; descriptors: the epoch page, and the state's memory if the length is not 0.</summary>
    public static MessageRule Attach { get; } =
        Rule("KEEPER_ATTACH", KeeperRequest.Attach, sizeof(ulong)) with { MinDescriptors = 1, MaxDescriptors = 2 };

    /// <summary>GRANT: u64 epoch.</summary>
    public static MessageRule Grant { get; } = Rule("KEEPER_GRANT", KeeperRequest.Grant, sizeof(ulong));

    /// <summary>END: no payload.</summary>
    public static MessageRule End { get; } = Rule("KEEPER_END", KeeperRequest.End, 0);

    /// <summary>LEAVE: no payload, no answer.</summary>
    public static MessageRule Leave { get; } = new("KEEPER_LEAVE", (uint)KeeperRequest.Leave);

    /// <summary>The rule of a request; null when it is none of the keeper link's own.</summary>
    public static MessageRule? Find(uint request) => (KeeperRequest)request switch
    {
        KeeperRequest.Hello => Hello,
        KeeperRequest.Attach => Attach,
        KeeperRequest.Grant => Grant,
        KeeperRequest.End => End,
        KeeperRequest.Leave => Leave,
        _ => null,
    };

    // Each is acknowledged; REPLY_ACK need not have been negotiated on this link.
    private static MessageRule Rule(string name, KeeperRequest request, int payload) =>
        new(name, (uint)request) { MinPayload = payload, MaxPayload = payload, Reply = ReplyKind.Own };
}
