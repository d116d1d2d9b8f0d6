using Akka.Actor;
using Stratos.Fabric.Virtio.Contract;

namespace Stratos.Actors.Devices;

/// <summary>A device behind its actor, as a transport holds it.</summary>
/// <param name="name">The device's name within the fabric.</param>
/// <param name="device">The device actor.</param>
/// <param name="deadline">How long an answer may take; longer than a queue's drain.</param>
/// <param name="gone">Cancelled when the actor is no more: nobody waits for an answer that cannot come.</param>
internal sealed class ActorDevicePort(string name, IActorRef device, TimeSpan deadline, CancellationToken gone) : IDevicePort
{
    public string Name { get; } = name;

    public TReply Perform<TReply>(DeviceOperation<TReply> operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        try
        {
            object reply = device.Ask<object>(operation, deadline, gone).GetAwaiter().GetResult();
            return reply switch
            {
                TReply expected => expected,
                OperationRefused refused => throw Refused(operation, refused.Reason, null),
                _ => throw Refused(operation, $"the answer was {reply}", null),
            };
        }
        catch (AskTimeoutException late)
        {
            throw Refused(operation, $"no answer within {deadline.TotalSeconds:0.#} s; see the partition's log for what the device waits for", late);
        }
        catch (OperationCanceledException over)
        {
            throw Refused(operation, "the device is being given up", over);
        }
    }

    private DeviceOperationException Refused(DeviceOperation operation, string reason, Exception? inner) =>
        new($"{Name} refused {operation.GetType().Name}: {reason}.", inner);
}

/// <summary>The answer to an operation that was not performed.</summary>
internal sealed record OperationRefused(string Reason);
