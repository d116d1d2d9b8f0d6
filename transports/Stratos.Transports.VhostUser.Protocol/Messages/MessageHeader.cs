using System.Runtime.InteropServices;

namespace Stratos.Transports.VhostUser.Protocol.Messages;

/// <summary>The 12 bytes that begin each message (vhost-user specification, "Header"); machine byte order.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct MessageHeader
{
    /// <summary>Length of a header in bytes.</summary>
    public const int Length = 12;

    private const uint Version = 1;
    private const uint VersionMask = 0b11;
    private const uint ReplyFlag = 1 << 2;
    private const uint NeedReplyFlag = 1 << 3;

    private readonly uint _request;
    private readonly uint _flags;
    private readonly uint _size;

    private MessageHeader(uint request, uint flags, uint size) => (_request, _flags, _size) = (request, flags, size);

    /// <summary>The number of the request; see <see cref="FrontendRequest"/>, <see cref="BackendRequest"/> and <see cref="Keeper.KeeperRequest"/>.</summary>
    public uint Request => _request;

    /// <summary>The request as a frontend's.</summary>
    public FrontendRequest Frontend => (FrontendRequest)_request;

    /// <summary>The request as a backend's.</summary>
    public BackendRequest Backend => (BackendRequest)_request;

    /// <summary>Length of the payload in bytes, as the sender claims it.</summary>
    public uint Size => _size;

    /// <summary>Whether the version bits are those of this protocol.</summary>
    public bool HasVersion => (_flags & VersionMask) == Version;

    /// <summary>The version bits.</summary>
    public uint VersionBits => _flags & VersionMask;

    /// <summary>Whether this is the answer to a request.</summary>
    public bool IsReply => (_flags & ReplyFlag) != 0;

    /// <summary>Whether the sender asks for an acknowledgement (protocol feature REPLY_ACK).</summary>
    public bool NeedsReply => (_flags & NeedReplyFlag) != 0;

    /// <summary>The header of a request.</summary>
    public static MessageHeader ForRequest(uint request, int size, bool needReply = false) =>
        new(request, Version | (needReply ? NeedReplyFlag : 0), checked((uint)size));

    /// <summary>The header of the reply to <paramref name="request"/>.</summary>
    public static MessageHeader ForReply(uint request, int size) => new(request, Version | ReplyFlag, checked((uint)size));
}
