using System.Security.Cryptography;
using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Transports.VhostUser.Channel;
using Stratos.Transports.VhostUser.Protocol.Keeper;
using Stratos.Transports.VhostUser.Protocol.Messages;

namespace Stratos.Transports.VhostUser.Backend;

/// <summary>The worker's first words to a session keeper: HELLO, and the keeper's answer.</summary>
internal static class KeeperGreeting
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);
    private static readonly ulong s_instance = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    /// <summary>Says HELLO and waits for the answer.</summary>
    /// <returns>False when the wait was cancelled.</returns>
    /// <exception cref="SessionFailedException">The keeper refused, said something else, or has gone.</exception>
    internal static bool Exchange(
        MessageChannel channel, IDevicePort device, DeviceDescription description, BackendOptions options, WakeUp wake, CancellationToken cancellation)
    {
        var hello = new KeeperHello
        {
            Role = options.Role,
            DeviceId = (uint)description.Id,
            Queues = (uint)description.Queues.Count,
            MaxQueueSize = description.Queues.Max(queue => queue.MaxSize),
            StateLength = (uint)description.StateLength,
            Features = description.Features,
            Instance = s_instance,
            Name = description.Name,
            Config = description.ConfigLength == 0 ? Array.Empty<byte>() : device.Perform(new DeviceOperation.ReadConfig(0, description.ConfigLength)),
        };
        var writer = new MessageWriter(stackalloc byte[MessageHeader.Length + KeeperHello.Length]);
        hello.WriteTo(ref writer);
        if (!channel.Send(writer.Request((uint)KeeperRequest.Hello, needReply: true), s_patience))
            throw new SessionFailedException("the keeper does not take KEEPER_HELLO");
        if (!Await(channel, wake, cancellation)) return false;
        if (KeeperRules.Hello.CheckReply(channel.Header, channel.Descriptors.Count) is { } fault) throw new SessionFailedException(fault);
        var refusal = new MessageReader(channel.Payload).Read<KeeperRefusal>();
        channel.Next();
        return refusal == KeeperRefusal.None ? true : throw new SessionFailedException($"the keeper refused device {description.Name}: {Explain(refusal)}");
    }

    private static bool Await(MessageChannel channel, WakeUp wake, CancellationToken cancellation)
    {
        var until = MonotonicTime.Now + s_patience;
        while (!cancellation.IsCancellationRequested)
        {
            switch (channel.TryReceive())
            {
                case ChannelStatus.Message: return true;
                case ChannelStatus.Closed: throw new SessionFailedException("the keeper closed the connection instead of answering KEEPER_HELLO");
                case ChannelStatus.Faulted: throw new SessionFailedException(channel.Fault!);
            }
            var left = until - MonotonicTime.Now;
            if (left <= TimeSpan.Zero) throw new SessionFailedException($"the keeper did not answer KEEPER_HELLO within {s_patience.TotalSeconds:0} s");
            Span<PollEntry> entries = [new(channel.Descriptor, PollEvents.Readable), new(wake.Descriptor, PollEvents.Readable)];
            Poll.Wait(entries, left);
            if (entries[1].Returned != PollEvents.None) wake.Consume();
        }
        return false;
    }

    private static string Explain(KeeperRefusal refusal) => refusal switch
    {
        KeeperRefusal.UnknownDevice => "it keeps no device of that name",
        KeeperRefusal.DescriptionDiffers => "its session runs with another description of the device",
        KeeperRefusal.LinkVersion => $"it does not speak version {KeeperHello.CurrentVersion} of the link",
        KeeperRefusal.Role => "the role is taken",
        _ => $"reason {(ulong)refusal}",
    };
}
