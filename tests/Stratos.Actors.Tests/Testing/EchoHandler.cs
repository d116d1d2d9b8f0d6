using System.Buffers.Binary;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Rings;

namespace Stratos.Actors.Tests.Testing;

/// <summary>Answers each request by the complement of its number; a test may make it throw.</summary>
/// <param name="before">Called with each request's number before it is answered.</param>
internal sealed class EchoHandler(Action<ulong> before) : QueueHandler
{
    public override void Handle(DescriptorChain chain)
    {
        ulong number = Number(chain);
        before(number);
        Answer(chain, number);
    }

    public static ulong Number(DescriptorChain chain)
    {
        Span<byte> bytes = stackalloc byte[8];
        chain.CopyFrom(0, bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    public static void Answer(DescriptorChain chain, ulong number)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, ~number);
        chain.CopyTo(0, bytes);
        chain.Complete(8);
    }
}
