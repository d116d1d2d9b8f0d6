using Akka.Actor;
using Stratos.Actors.Supervision;

namespace Stratos.Actors.Partitions;

/// <summary>Tells somebody outside the actors each step of supervision.</summary>
internal sealed class SupervisionObserver(Action<SupervisionEvent> observe) : UntypedActor
{
    protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(SupervisionEvent));

    protected override void OnReceive(object message)
    {
        if (message is SupervisionEvent step)
            observe(step);
        else
            Unhandled(message);
    }
}
