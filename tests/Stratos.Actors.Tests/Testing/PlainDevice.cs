using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Actors.Tests.Testing;

/// <summary>A device of eight configuration bytes whose behaviour a test chooses.</summary>
internal sealed class PlainDevice : VirtioDevice
{
    private readonly byte[] _config = [1, 2, 3, 4, 5, 6, 7, 8];

    public override VirtioDeviceId Id => VirtioDeviceId.Entropy;

    public override ulong Features => 0;

    public override IReadOnlyList<QueueDescription> Queues { get; } = [new("requestq", 64), new("eventq", 64)];

    public override int ConfigLength => _config.Length;

    public override int StateLength => 16;

    public Func<QueueContext, QueueHandler>? Handlers { get; init; }

    public Action OnActivate { get; init; } = static () => { };

    public Action OnDeactivate { get; init; } = static () => { };

    public Action OnReset { get; init; } = static () => { };

    public Action OnReadConfig { get; init; } = static () => { };

    public DeviceContext Surroundings => Context;

    public override QueueHandler CreateHandler(QueueContext queue) =>
        Handlers is null ? throw new NotSupportedException("This test starts no queue.") : Handlers(queue);

    public override void ReadConfig(int offset, Span<byte> destination)
    {
        OnReadConfig();
        _config.AsSpan(offset, destination.Length).CopyTo(destination);
    }

    public override void WriteConfig(int offset, ReadOnlySpan<byte> source) => source.CopyTo(_config.AsSpan(offset));

    public override void Reset() => OnReset();

    public override void Deactivate() => OnDeactivate();

    protected override void OnActivated() => OnActivate();
}
