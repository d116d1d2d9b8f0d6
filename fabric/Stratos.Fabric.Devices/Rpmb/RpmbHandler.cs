using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Rings;

namespace Stratos.Fabric.Devices.Rpmb;

/// <summary>
/// Serves the request queue (virtio 1.4, section 5.12.6.1). Requests are served in their order: those that may wait for
/// storage, and all that come while such a one is under way, on the device's worker, the others at once.
/// </summary>
/// <remarks>
/// Reads are repeatable and never marked as started. A key and a write are marked right before their commit; after a crash
/// the store itself says whether the commit happened (<see cref="RpmbCard.TryFinish"/>).
/// </remarks>
internal sealed class RpmbHandler : QueueHandler, IRpmbExchange
{
    private readonly RpmbDevice _device;
    private readonly RpmbCard _card;
    private readonly RpmbWorker? _worker;
    private readonly string _name;
    private readonly byte[] _frames;
    private DescriptorChain? _chain;

    /// <param name="device">The device, for its state and its warnings.</param>
    /// <param name="card">The card.</param>
    /// <param name="worker">Where to wait for storage; null if the card never waits.</param>
    /// <param name="limits">The most blocks in a request.</param>
    /// <param name="queue">The queue.</param>
    public RpmbHandler(RpmbDevice device, RpmbCard card, RpmbWorker? worker, RpmbLimits limits, QueueContext queue)
    {
        (_device, _card, _worker, _name) = (device, card, worker, queue.Name);
        // The frames of the largest write, and a result read.
        _frames = new byte[(limits.Write + 1) * RpmbFrame.Length];
    }

    public override ReplayClass Replay => ReplayClass.Unrepeatable;

    RpmbOutcome IRpmbExchange.LastOutcome => _device.LastOutcome;

    public override void Handle(DescriptorChain chain)
    {
        if (_worker is null || (_worker.IsIdle && !MayWait(chain)))
        {
            Run(chain);
            return;
        }
        _worker.Enqueue(this, chain);
    }

    public override Resolution Resolve(DescriptorChain chain)
    {
        _chain = chain;
        return TryCopy(chain, out int length) && _card.TryFinish(_frames.AsSpan(0, length), this, out int responses)
            ? Resolution.Complete((uint)(responses * RpmbFrame.Length))
            : Resolution.Run;
    }

    /// <summary>Serves one request on the calling thread.</summary>
    public void Run(DescriptorChain chain)
    {
        _chain = chain;
        int room = (int)Math.Min(chain.WritableLength / RpmbFrame.Length, 256);
        if (!TryCopy(chain, out int length))
        {
            chain.Complete(RefuseShape(length, room));
            return;
        }
        if (room == 0 && new RpmbRequest(_frames.AsSpan(0, length)).WantsResponse)
        {
            _device.Warn(_name, "a request without room for its response was returned empty, and had no effect");
            chain.Complete(0);
            return;
        }
        chain.Complete((uint)(_card.Perform(_frames.AsSpan(0, length), room, this) * RpmbFrame.Length));
    }

    void IRpmbExchange.Starting() => _chain!.MarkStarted();

    void IRpmbExchange.Respond(int index, ReadOnlySpan<byte> frame) => _chain!.CopyTo((ulong)index * RpmbFrame.Length, frame);

    void IRpmbExchange.Ended(RpmbOutcome outcome) => _device.LastOutcome = outcome;

    /// <summary>Whether a look at the first frame says that storage may be waited for. The look decides nothing else: the driver may change the frame after it.</summary>
    private static bool MayWait(DescriptorChain chain)
    {
        Span<byte> type = stackalloc byte[2];
        chain.CopyFrom(RpmbFrame.Length - 2, type);
        return type[0] == 0 && (RpmbRequestType)type[1] is RpmbRequestType.ProgramKey or RpmbRequestType.DataWrite;
    }

    /// <summary>Copies the frames; false if there are none, more than a request can have, or parts of one.</summary>
    private bool TryCopy(DescriptorChain chain, out int length)
    {
        length = chain.CopyFrom(0, _frames);
        return length > 0 && length % RpmbFrame.Length == 0 && (ulong)length == chain.ReadableLength;
    }

    /// <summary>Answers a request whose frames cannot be told apart or are too many with a general failure, as far as its first frame says to what.</summary>
    private uint RefuseShape(int length, int room)
    {
        _device.Warn(_name, "a request that does not consist of whole frames, or of more than a write can have, was refused");
        if (length < RpmbFrame.Length || room == 0) { return 0; }
        return (uint)(_card.Refuse(_frames.AsSpan(0, RpmbFrame.Length), this) * RpmbFrame.Length);
    }
}
