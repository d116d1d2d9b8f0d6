using Stratos.Fabric.Linux;
using Stratos.Transports.VhostUser.Protocol.Messages;

namespace Stratos.Transports.Keeper.Shell;

/// <summary>
/// The two kinds of descriptors that the keeper itself uses, and not only passes on: with anything else than what they are
/// meant to be, a frontend could make the keeper's thread wait.
/// </summary>
internal static class DescriptorCheck
{
    /// <returns>What is wrong with the descriptors of a frontend's message, or null.</returns>
    public static string? Refuse(FrontendRequest request, ReadOnlySpan<int> descriptors)
    {
        if (descriptors.Length != 1) return null;
        try
        {
            switch (request)
            {
                case FrontendRequest.SetInflightFd:
                    var memory = MemoryFile.FromPeer(FileDescriptor.Borrow(descriptors[0]), "in-flight region");
                    return memory.IsShrinkSealed ? null : "SET_INFLIGHT_FD: its memory is not sealed; give back what GET_INFLIGHT_FD gave";
                case FrontendRequest.SetBackendReqFd:
                    UnixStream.FromDescriptor(FileDescriptor.Borrow(descriptors[0])).IsNonBlocking = true;
                    return null;
                default:
                    return null;
            }
        }
        catch (LinuxException failure)
        {
            return $"{FrontendRules.Of(request).Name}: {failure.Message}";
        }
    }

    /// <summary>Sends over a checked channel; lost if there is no room or nobody reads.</summary>
    public static void SendAway(int channel, ReadOnlySpan<byte> message)
    {
        using var stream = UnixStream.FromDescriptor(FileDescriptor.Borrow(channel));
        // Again with each message: the frontend shares the open file and may have made it blocking since.
        stream.IsNonBlocking = true;
        stream.Send(message);
    }
}
