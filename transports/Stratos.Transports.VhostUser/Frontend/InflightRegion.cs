using System.Runtime.InteropServices;
using Stratos.Fabric.Linux;
using Stratos.Transports.VhostUser.Protocol.Messages;
using Stratos.Transports.VhostUser.Protocol.Payloads;

namespace Stratos.Transports.VhostUser.Frontend;

/// <summary>The record of requests in flight that the backend made and the frontend keeps for the backend's successor.</summary>
internal sealed class InflightRegion : IDisposable
{
    private readonly FileDescriptor _file;
    private readonly InflightDescription _description;

    private InflightRegion(FileDescriptor file, InflightDescription description) => (_file, _description) = (file, description);

    /// <summary>Asks the backend for a record.</summary>
    public static InflightRegion Get(FrontendChannel channel, string peer, int queues, ushort queueSize)
    {
        var wanted = new InflightDescription(0, 0, (ushort)queues, queueSize);
        var answer = channel.Ask(FrontendRequest.GetInflightFd, MemoryMarshal.AsBytes(new ReadOnlySpan<InflightDescription>(in wanted)), [], out var file);
        var description = InflightDescription.Read(answer);
        if (file is null || description.MapSize == 0)
        {
            file?.Dispose();
            throw new BackendRefusedException($"{peer}: GET_INFLIGHT_FD for {queues} queues of {queueSize} was answered without memory.");
        }
        return new(file, description);
    }

    /// <summary>Gives the record (back) to the backend.</summary>
    public void Set(FrontendChannel channel) => channel.Tell(FrontendRequest.SetInflightFd, _description, _file);

    public void Dispose() => _file.Dispose();
}
