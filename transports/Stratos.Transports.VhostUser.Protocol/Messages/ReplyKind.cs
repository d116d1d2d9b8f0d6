namespace Stratos.Transports.VhostUser.Protocol.Messages;

/// <summary>Whether a request is answered.</summary>
public enum ReplyKind
{
    /// <summary>Only when the sender asks for an acknowledgement and REPLY_ACK was negotiated: a u64, 0 for success.</summary>
    OnDemand,

    /// <summary>Always, with a payload of its own; NEED_REPLY changes nothing.</summary>
    Own,
}
