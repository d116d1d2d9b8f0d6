using System.Buffers.Binary;
using System.Collections.Concurrent;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Rings;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Transports.VhostUser.Tests.Backend;

/// <summary>A device that answers each number with the next one, at once or when a test lets it.</summary>
internal sealed class EchoDevice(EchoDevice.Ledger ledger, int queues = 1) : VirtioDevice
{
    public override VirtioDeviceId Id => VirtioDeviceId.Entropy;

    public override ulong Features => 0;

    public override IReadOnlyList<QueueDescription> Queues { get; } = [.. Enumerable.Range(0, queues).Select(i => new QueueDescription($"echoq{i}", 1024))];

    public override int ConfigLength => 8;

    public override void ReadConfig(int offset, Span<byte> destination) => ledger.Config.AsSpan(offset, destination.Length).CopyTo(destination);

    public override void WriteConfig(int offset, ReadOnlySpan<byte> source) => source.CopyTo(ledger.Config.AsSpan(offset));

    protected override void OnActivated() => ledger.NotifyConfigChanged = Context.NotifyConfigChanged;

    public override QueueHandler CreateHandler(QueueContext queue) => new Handler(ledger);

    /// <summary>What the device shares with a test, over all of its lives.</summary>
    internal sealed class Ledger
    {
        public bool Holds { get; set; }

        public byte[] Config { get; } = new byte[8];

        public Action NotifyConfigChanged { get; set; } = static () => { };

        public ConcurrentDictionary<ulong, int> Runs { get; } = new();
    }

    private sealed class Handler(Ledger ledger) : QueueHandler
    {
        private readonly List<DescriptorChain> _held = [];

        public override void Handle(DescriptorChain chain)
        {
            if (ledger.Holds)
            {
                _held.Add(chain);
                return;
            }
            Span<byte> bytes = stackalloc byte[sizeof(ulong)];
            chain.CopyFrom(0, bytes);
            var number = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            ledger.Runs.AddOrUpdate(number, 1, static (_, runs) => runs + 1);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, number + 1);
            chain.CopyTo(0, bytes);
            chain.Complete(sizeof(ulong));
        }

        public override void Stop()
        {
            _held.ForEach(chain => chain.Release());
            _held.Clear();
        }
    }
}
