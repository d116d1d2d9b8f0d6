using Akka.Actor;
using Stratos.Actors.Queues;
using Stratos.Actors.Sessions;

namespace Stratos.Actors.Devices;

/// <summary>
/// Supervises a device's queues and its session: a child that failed becomes a fresh one at once, and the device is told,
/// which decides when that runs again.
/// </summary>
internal sealed class DeviceSupervision(IActorRef device) : OneForOneStrategy(Unexpected, loggingEnabled: false)
{
    protected override Directive Handle(IActorRef child, Exception exception)
    {
        switch (exception)
        {
            case QueueFaultException fault:
                device.Tell(new DeviceEvent.QueueFaulted(fault.Index, fault.State, fault.Message));
                return Directive.Restart;
            case SessionFaultException ended:
                device.Tell(new DeviceEvent.SessionEnded(ended.Message));
                return Directive.Restart;
            default:
                return base.Handle(child, exception);
        }
    }

    /// <summary>Anything else is a fault of this program, not of a device: nobody here knows what is still true.</summary>
    private static Directive Unexpected(Exception exception) => Directive.Escalate;
}
