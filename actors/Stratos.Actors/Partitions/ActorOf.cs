using Akka.Actor;

namespace Stratos.Actors.Partitions;

/// <summary>
/// Makes actors by a plain function. The usual expression trees would be compiled at run time, which costs tens of
/// milliseconds of a cold start.
/// </summary>
internal sealed class ActorOf<TActor>(Func<TActor> make) : IIndirectActorProducer
    where TActor : ActorBase
{
    public Type ActorType => typeof(TActor);

    /// <summary>The properties of such an actor.</summary>
    public static Props By(Func<TActor> make) => Props.CreateBy(new ActorOf<TActor>(make));

    public ActorBase Produce() => make();

    public void Release(ActorBase actor) { }
}
