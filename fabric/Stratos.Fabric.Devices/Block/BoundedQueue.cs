using System.Numerics;

namespace Stratos.Fabric.Devices.Block;

/// <summary>A lock-free queue of fixed capacity for any number of producers and consumers; it allocates nothing after its construction.</summary>
/// <remarks>
/// Each cell carries a ticket: equal to the position, it may be filled; one more, it may be emptied. The ticket's release
/// write publishes the item, and its acquire read by the other side orders the item's read after it.
/// </remarks>
internal sealed class BoundedQueue<T> where T : class
{
    private readonly Cell[] _cells;
    private readonly long _mask;
    private PaddedCounter _head;
    private PaddedCounter _tail;

    /// <summary>Makes a queue for at least <paramref name="capacity"/> items.</summary>
    public BoundedQueue(int capacity)
    {
        _cells = new Cell[BitOperations.RoundUpToPowerOf2((uint)capacity)];
        _mask = _cells.Length - 1;
        for (int i = 0; i < _cells.Length; i++) { _cells[i].Ticket = i; }
    }

    /// <summary>Whether there was nothing to take at some moment of the call.</summary>
    public bool IsEmpty
    {
        get
        {
            long head = Volatile.Read(ref _head.Value);
            return Volatile.Read(ref _cells[head & _mask].Ticket) - (head + 1) < 0;
        }
    }

    /// <summary>Adds an item at the end; false if there is no room.</summary>
    public bool TryEnqueue(T item)
    {
        while (true)
        {
            long tail = Volatile.Read(ref _tail.Value);
            ref Cell cell = ref _cells[tail & _mask];
            long distance = Volatile.Read(ref cell.Ticket) - tail;
            if (distance < 0) { return false; }
            if (distance == 0 && Interlocked.CompareExchange(ref _tail.Value, tail + 1, tail) == tail)
            {
                cell.Item = item;
                Volatile.Write(ref cell.Ticket, tail + 1);
                return true;
            }
        }
    }

    /// <summary>Takes the item at the beginning; false if there is none.</summary>
    public bool TryDequeue([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out T? item)
    {
        while (true)
        {
            long head = Volatile.Read(ref _head.Value);
            ref Cell cell = ref _cells[head & _mask];
            long distance = Volatile.Read(ref cell.Ticket) - (head + 1);
            if (distance < 0)
            {
                item = null;
                return false;
            }
            if (distance == 0 && Interlocked.CompareExchange(ref _head.Value, head + 1, head) == head)
            {
                item = cell.Item!;
                cell.Item = null;
                Volatile.Write(ref cell.Ticket, head + _cells.Length);
                return true;
            }
        }
    }

    private struct Cell
    {
        public long Ticket;
        public T? Item;
    }
}
