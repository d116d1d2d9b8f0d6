using Stratos.Transports.VhostUser.Protocol.Messages;

namespace Stratos.Transports.Keeper.Kept;

/// <summary>Room for one message that tells a worker of a setting. Reused.</summary>
internal sealed class SyncMessage
{
    private const int LongestPayload = 320;

    private readonly byte[] _buffer = new byte[MessageHeader.Length + LongestPayload];
    private readonly int[] _descriptors = new int[8];
    private int _length;
    private int _count;

    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, _length);

    public ReadOnlySpan<int> Descriptors => _descriptors.AsSpan(0, _count);

    public MessageWriter Begin()
    {
        (_length, _count) = (0, 0);
        return new(_buffer);
    }

    public void Attach(int descriptor) => _descriptors[_count++] = descriptor;

    public void End(ref MessageWriter writer, FrontendRequest request) =>
        _length = writer.Request((uint)request, needReply: true).Length;
}
