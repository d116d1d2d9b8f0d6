using System.Collections.Concurrent;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Pump;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Transports.VhostUser.Tests.Backend;

/// <summary>A device port that only records what a backend asks of it.</summary>
internal sealed class FakeDevice : IDevicePort
{
    private readonly ConcurrentQueue<DeviceOperation> _operations = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<int, QueueSetup> _running = [];

    public FakeDevice(int queues = 2, int configLength = 16, int stateLength = 8)
    {
        Config = [.. Enumerable.Range(1, configLength).Select(i => (byte)i)];
        Description = new(
            Name, VirtioDeviceId.Entropy, VirtioFeatures.Rings,
            [.. Enumerable.Range(0, queues).Select(i => new QueueDescription($"q{i}", 256))], configLength, stateLength);
    }

    public string Name => "fake0";

    public DeviceDescription Description { get; }

    public byte[] Config { get; }

    public IDeviceEvents? Events { get; private set; }

    public DeviceState? State { get; private set; }

    /// <summary>Answers the state that a queue stops in.</summary>
    public Func<QueueSetup, QueueState> StopState { get; set; } = setup => setup.State;

    public Func<DeviceOperation, string?> Refuse { get; set; } = _ => null;

    /// <summary>Whether operations are kept to be counted.</summary>
    public bool Records { get; init; } = true;

    public IReadOnlyDictionary<int, QueueSetup> Running
    {
        get
        {
            lock (_lock) return new Dictionary<int, QueueSetup>(_running);
        }
    }

    public int Count<T>() where T : DeviceOperation => _operations.Count(operation => operation is T);

    public TReply Perform<TReply>(DeviceOperation<TReply> operation)
    {
        if (Records) _operations.Enqueue(operation);
        if (Refuse(operation) is { } reason) throw new DeviceOperationException(reason);
        lock (_lock) return (TReply)Answer(operation);
    }

    private object Answer(DeviceOperation operation)
    {
        switch (operation)
        {
            case DeviceOperation.Describe:
                return Description;
            case DeviceOperation.ReadConfig read:
                return Config.AsSpan(read.Offset, read.Length).ToArray();
            case DeviceOperation.WriteConfig write:
                write.Data.Span.CopyTo(Config.AsSpan(write.Offset));
                return Done.Instance;
            case DeviceOperation.Attach attach:
                Assert.Empty(_running);
                (State, Events) = (attach.State, attach.Events);
                return Done.Instance;
            case DeviceOperation.StartQueue start:
                Assert.NotNull(Events);
                Assert.DoesNotContain(start.Setup.Index, _running.Keys);
                _running.Add(start.Setup.Index, start.Setup);
                return Done.Instance;
            case DeviceOperation.StopQueue stop:
                return _running.Remove(stop.Index, out var setup) ? StopState(setup) : QueueState.Initial;
            case DeviceOperation.Reset:
                Assert.Empty(_running);
                return Done.Instance;
            default:
                throw new NotSupportedException($"{operation}");
        }
    }
}
