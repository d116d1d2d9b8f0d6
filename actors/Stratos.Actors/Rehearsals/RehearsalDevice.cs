using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Rings;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Actors.Rehearsals;

/// <summary>A device that answers every request at once with nothing.</summary>
internal sealed class RehearsalDevice : VirtioDevice
{
    public override VirtioDeviceId Id => VirtioDeviceId.Reserved;

    public override ulong Features => 0;

    public override IReadOnlyList<QueueDescription> Queues { get; } = [new("rehearsalq", 64)];

    public override QueueHandler CreateHandler(QueueContext queue) => new Handler();

    private sealed class Handler : QueueHandler
    {
        public override void Handle(DescriptorChain chain) => chain.Complete(0);
    }
}
