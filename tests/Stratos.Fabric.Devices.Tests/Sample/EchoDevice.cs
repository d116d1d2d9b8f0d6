using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Rings;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Fabric.Devices.Tests.Sample;

/// <summary>Sends back what it gets, in upper case, and shows the length of the longest request in its configuration space.</summary>
public sealed class EchoDevice : VirtioDevice
{
    /// <summary>VIRTIO_ECHO_F_UPPER: the device answers in upper case.</summary>
    public const ulong UpperCase = 1UL << 0;

    public override VirtioDeviceId Id => (VirtioDeviceId)63;

    public override ulong Features => UpperCase;

    public override IReadOnlyList<QueueDescription> Queues { get; } = [new("echoq", 64)];

    public override int ConfigLength => sizeof(ulong);

    public override int StateLength => sizeof(ulong);

    private ref ulong Longest => ref MemoryMarshal.AsRef<ulong>(Context.State.Bytes);

    public override void ReadConfig(int offset, Span<byte> destination)
    {
        Span<byte> space = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(space, Volatile.Read(ref Longest));
        space.Slice(offset, destination.Length).CopyTo(destination);
    }

    public override QueueHandler CreateHandler(QueueContext queue) => new Handler(this, queue);

    public override void Reset() => Volatile.Write(ref Longest, 0);

    private sealed class Handler(EchoDevice device, QueueContext queue) : QueueHandler
    {
        private readonly byte[] _piece = new byte[256];

        public override void Handle(DescriptorChain chain)
        {
            if (chain.ReadableLength > chain.WritableLength)
            {
                device.Context.Warn(queue.Name, "a request without room for its answer was returned empty");
                chain.Complete(0);
                return;
            }
            ulong done = 0;
            while (done < chain.ReadableLength)
            {
                Span<byte> piece = _piece.AsSpan(0, chain.CopyFrom(done, _piece));
                if ((queue.Features & UpperCase) != 0) { ToUpper(piece); }
                done += (ulong)chain.CopyTo(done, piece);
            }
            if (done > device.Longest)
            {
                Volatile.Write(ref device.Longest, done);
                device.Context.NotifyConfigChanged();
            }
            chain.Complete((uint)done);
        }

        private static void ToUpper(Span<byte> text)
        {
            foreach (ref byte letter in text)
            {
                if (letter is >= (byte)'a' and <= (byte)'z') { letter -= 32; }
            }
        }
    }
}
