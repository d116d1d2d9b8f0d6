using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Rings;

namespace Stratos.Fabric.Devices.Block;

/// <summary>Serves one request queue (virtio 1.4, section 5.2.6).</summary>
/// <remarks>
/// Every request is repeatable. Reads, flushes, writes, discards and zeroing have the same effect twice as once, so the
/// only danger is that a replayed write overtakes a later one. It cannot: a driver that wants two requests ordered sends
/// the second after the first was completed, and a completed request is not in the journal any more. What the journal
/// holds is unordered with everything else in flight, on this queue and the others, and with all that completed while it
/// was in flight. The dead owner cannot interfere either: it is reaped before its successor starts, and no process is
/// reaped while a thread of it is inside a write (<see cref="FileBlockStore"/>). A flush covers writes that were
/// completed before it was sent; their data was with the host's kernel by then, which did not die.
/// </remarks>
internal sealed class BlockHandler : QueueHandler
{
    private readonly BlockMedium _medium;
    private readonly BlockWorkers? _workers;
    private readonly DeviceContext _context;
    private readonly string _name;
    private BlockRequest? _free;

    /// <summary>Makes the handler of one queue for one start.</summary>
    /// <param name="medium">What the queues share.</param>
    /// <param name="workers">Threads that may wait for the store; null if the store never waits.</param>
    /// <param name="context">The device's surroundings.</param>
    /// <param name="queue">The queue.</param>
    public BlockHandler(BlockMedium medium, BlockWorkers? workers, DeviceContext context, QueueContext queue)
    {
        (_medium, _workers, _context, _name) = (medium, workers, context, queue.Name);
        IsWriteThrough = (queue.Features & BlockFeatures.Flush) == 0;
    }

    /// <summary>True when the driver cannot flush, so that a write must be stable when it is completed.</summary>
    public bool IsWriteThrough { get; }

    public override void Handle(DescriptorChain chain)
    {
        if (chain.WritableLength == 0)
        {
            _context.Warn(_name, "a request without room for its status byte was returned unserved");
            chain.Complete(0);
            return;
        }
        BlockRequest request = Take();
        BlockStatus status = request.Decode(chain, _medium);
        if (status is not BlockStatus.Ok)
        {
            request.Complete(status, filled: 0);
        }
        else if (_workers is null)
        {
            request.Run(_medium);
        }
        else if (!request.TryRun(_medium))
        {
            _workers.Enqueue(request);
        }
    }

    /// <summary>Runs a request on a worker's thread; a fault of the store fails the request, not the process.</summary>
    public void Run(BlockRequest request)
    {
        try
        {
            request.Run(_medium);
        }
        catch (Exception fault)
        {
            _context.Warn(_name, $"the store failed unexpectedly: {fault.Message}");
            request.Complete(BlockStatus.IoError, filled: 0);
        }
    }

    /// <summary>Takes a request back. Any thread.</summary>
    public void Return(BlockRequest request)
    {
        BlockRequest? head;
        do
        {
            head = Volatile.Read(ref _free);
            request.NextFree = head;
        }
        while (Interlocked.CompareExchange(ref _free, request, head) != head);
    }

    /// <summary>Only the pump takes, so the head it saw cannot leave and come back underneath it.</summary>
    private BlockRequest Take()
    {
        while (Volatile.Read(ref _free) is { } head)
        {
            if (Interlocked.CompareExchange(ref _free, head.NextFree, head) == head) { return head; }
        }
        return new BlockRequest(this);
    }
}
