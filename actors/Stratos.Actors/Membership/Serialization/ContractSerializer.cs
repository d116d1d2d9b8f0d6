using System.Collections.Frozen;
using Akka.Actor;
using Akka.Serialization;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Stratos.Actors.Membership.Contracts;

namespace Stratos.Actors.Membership.Serialization;

/// <summary>
/// The one serializer of messages between partitions. It writes and reads the contracts that it knows and refuses
/// everything else, in both directions.
/// </summary>
/// <param name="system">The actor system.</param>
public sealed class ContractSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <summary>The serializer's identifier on the wire; never changes.</summary>
    public const int Id = 41;

    private static readonly FrozenDictionary<string, MessageParser> Parsers =
        new MessageDescriptor[] { PartitionStatusRequest.Descriptor, PartitionStatus.Descriptor }
            .ToFrozenDictionary(contract => contract.FullName, contract => contract.Parser);

    /// <inheritdoc/>
    public override int Identifier => Id;

    /// <inheritdoc/>
    public override string Manifest(object o) =>
        o is IMessage message && Parsers.ContainsKey(message.Descriptor.FullName)
            ? message.Descriptor.FullName
            : throw new ArgumentException($"{o?.GetType().FullName} is not a contract between partitions.", nameof(o));

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj)
    {
        _ = Manifest(obj);
        return ((IMessage)obj).ToByteArray();
    }

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, string manifest) =>
        Parsers.TryGetValue(manifest, out var parser)
            ? parser.ParseFrom(bytes)
            : throw new ArgumentException($"A message {manifest} is not a contract between partitions; it is refused.", nameof(manifest));
}
