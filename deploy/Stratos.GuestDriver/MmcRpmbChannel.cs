using Stratos.Fabric.Devices.Rpmb;
using Stratos.Fabric.Devices.Rpmb.Client;
using Stratos.Fabric.Linux;

namespace Stratos.GuestDriver;

/// <summary>The RPMB partition of an eMMC as a channel, to compare with: the same frames, as data of commands.</summary>
internal sealed class MmcRpmbChannel(string path) : IRpmbChannel, IDisposable
{
    private readonly MmcPartition _partition = new(path);

    public int Exchange(ReadOnlySpan<byte> request, Span<byte> response)
    {
        byte[] answer = new byte[response.Length];
        Memory<byte> frames = request.ToArray();
        bool hasResultRead = frames.Length > RpmbFrame.Length
            && new RpmbFrame(frames.Span[^RpmbFrame.Length..]).Request is RpmbRequestType.ResultRead;
        if (hasResultRead)
        {
            _partition.Transfer(
                new MmcTransfer(frames[..^RpmbFrame.Length], IsWrite: true, IsReliable: true),
                new MmcTransfer(frames[^RpmbFrame.Length..], IsWrite: true),
                new MmcTransfer(answer, IsWrite: false));
        }
        else
        {
            _partition.Transfer(new MmcTransfer(frames, IsWrite: true), new MmcTransfer(answer, IsWrite: false));
        }
        answer.CopyTo(response);
        return answer.Length;
    }

    public void Dispose() => _partition.Dispose();
}
