using System.Runtime.InteropServices;
using Stratos.Fabric.Devices.Rpmb.Store;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Fabric.Devices.Rpmb;

/// <summary>The RPMB device (virtio 1.4, section 5.12): authenticated memory that cannot be played back.</summary>
/// <remarks>
/// Safe state when its backend is lost: hold. Requests wait, what was committed stays. Key, counter and data are in the
/// store; the last result, which a driver may ask for later, is in the state that outlives the process.
/// </remarks>
public sealed class RpmbDevice : VirtioDevice
{
    private const ushort QueueSize = 512;
    private const int ConfigBytes = 3;

    private readonly Func<IRpmbMedium> _open;
    private readonly string _name;
    private readonly byte _units;
    private readonly RpmbLimits _limits;
    private RpmbCard? _card;
    private RpmbWorker? _worker;

    /// <summary>Makes a device on a medium that holds a store.</summary>
    /// <param name="open">Opens the medium; called when the first queue starts, as another process may be serving before.</param>
    /// <param name="units">The store's capacity in units of 128 KiB, 1 to 128.</param>
    /// <param name="limits">The most blocks in one request.</param>
    /// <param name="name">What to call the medium in messages.</param>
    public RpmbDevice(Func<IRpmbMedium> open, int units, RpmbLimits limits, string name)
    {
        ArgumentNullException.ThrowIfNull(open);
        ArgumentOutOfRangeException.ThrowIfLessThan(units, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(units, 128);
        (_open, _units, _limits, _name) = (open, (byte)units, limits, name);
    }

    /// <summary>Makes the device that the options describe.</summary>
    /// <exception cref="ArgumentException">An option cannot be used.</exception>
    public static RpmbDevice Create(RpmbOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        return new(options.OpenMedium, options.Units, options.Limits, (options.File ?? options.Board)!);
    }

    /// <inheritdoc/>
    public override VirtioDeviceId Id => VirtioDeviceId.Rpmb;

    /// <inheritdoc/>
    public override ulong Features => 0;

    /// <inheritdoc/>
    public override IReadOnlyList<QueueDescription> Queues { get; } = [new("requestq", QueueSize)];

    /// <inheritdoc/>
    public override int ConfigLength => ConfigBytes;

    /// <inheritdoc/>
    public override int StateLength => sizeof(ulong);

    /// <summary>What became of the last key or write.</summary>
    internal RpmbOutcome LastOutcome
    {
        get => RpmbOutcome.FromWord(Volatile.Read(ref OutcomeWord));
        set => Volatile.Write(ref OutcomeWord, value.ToWord());
    }

    private ref ulong OutcomeWord => ref MemoryMarshal.AsRef<ulong>(Context.State.Bytes);

    /// <inheritdoc/>
    public override void ReadConfig(int offset, Span<byte> destination)
    {
        ReadOnlySpan<byte> space = [_units, (byte)_limits.Write, (byte)_limits.Read];
        space.Slice(offset, destination.Length).CopyTo(destination);
    }

    /// <inheritdoc/>
    public override QueueHandler CreateHandler(QueueContext queue)
    {
        ArgumentNullException.ThrowIfNull(queue);
        _card ??= OpenCard();
        if (!_card.IsImmediate) { _worker ??= new RpmbWorker(Context.Name, QueueSize); }
        return new RpmbHandler(this, _card, _worker, _limits, queue);
    }

    /// <summary>Forgets the last result, as a card does at a power cycle; key, counter and data stay (virtio 1.4, section 5.12.6.2).</summary>
    public override void Reset() => Volatile.Write(ref OutcomeWord, 0);

    /// <inheritdoc/>
    public override void Deactivate()
    {
        _worker?.Dispose();
        _card?.Dispose();
        (_worker, _card) = (null, null);
    }

    /// <summary>Reports what a guest did wrong.</summary>
    internal void Warn(string where, string what) => Context.Warn(where, what);

    private RpmbCard OpenCard()
    {
        RpmbStore store = RpmbStore.Open(_open(), _name);
        if (store.Units == _units) { return new RpmbCard(store, _limits); }
        store.Dispose();
        throw new RpmbStoreException($"{_name} has a capacity of {store.Units} units of 128 KiB, not {_units}. Give the capacity that it has.");
    }
}
