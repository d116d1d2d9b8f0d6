using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace Stratos.Actors.Membership.Serialization;

/// <summary>
/// Takes the place of a serializer that would make objects of a type, or actors, that a peer names. It refuses everything,
/// so that a peer can only send the contracts.
/// </summary>
/// <param name="system">The actor system.</param>
/// <param name="id">The identifier of the serializer that it replaces.</param>
public abstract class RefusingSerializer(ExtendedActorSystem system, int id) : Serializer(system)
{
    /// <inheritdoc/>
    public override int Identifier => id;

    /// <inheritdoc/>
    public override bool IncludeManifest => false;

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) =>
        throw new NotSupportedException($"{obj?.GetType().FullName} is not a contract between partitions.");

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, Type type) =>
        throw new NotSupportedException($"Serializer {id} is refused between partitions.");
}

/// <summary>In place of the reflective JSON serializer, identifier 1.</summary>
/// <param name="system">The actor system.</param>
/// <param name="settings">What the replaced serializer would be set up by; the actor library insists on it.</param>
public sealed class RefusingJson(ExtendedActorSystem system, Config settings) : RefusingSerializer(system, 1)
{
    /// <summary>What the replaced serializer would be set up by.</summary>
    public Config Settings { get; } = settings;
}

/// <summary>In place of the reflective protobuf serializer, identifier 2.</summary>
/// <param name="system">The actor system.</param>
public sealed class RefusingProtobuf(ExtendedActorSystem system) : RefusingSerializer(system, 2);

/// <summary>In place of the serializer of remote deployment, identifier 3: a peer creates no actors here.</summary>
/// <param name="system">The actor system.</param>
public sealed class RefusingDaemonCreate(ExtendedActorSystem system) : RefusingSerializer(system, 3);
