using Stratos.Fabric.Devices.Transfers;

namespace Stratos.Fabric.Devices.I2c;

/// <summary>
/// The requests that go to the bus as one transfer: those that VIRTIO_I2C_FLAGS_FAIL_NEXT joins, in order. Used again for
/// group after group; allocates once it has seen its largest.
/// </summary>
/// <param name="most">Most requests: the queue's size, as a driver cannot have more in flight.</param>
internal sealed class I2cGroup(int most)
{
    /// <summary>Most bytes of a group; a longer one is cut into several transfers.</summary>
    private const int MostBytes = 256 * 1024;

    private readonly I2cRequest[] _requests = new I2cRequest[most];
    private readonly I2cMessage[] _messages = new I2cMessage[most];
    private byte[] _data = new byte[4096];
    private int _bytes;

    /// <summary>Number of requests.</summary>
    public int Count { get; private set; }

    /// <summary>Whether no further request belongs to it, or has room in it.</summary>
    public bool IsClosed => Count > 0 && (!IsOpen || Count == most || _bytes > MostBytes - I2cRequest.MostBytes);

    /// <summary>The record of the group before its effect.</summary>
    public TransferRecord Record { get; private set; }

    /// <summary>Whether its last request says that another one follows.</summary>
    public bool IsOpen => Count > 0 && _requests[Count - 1].FailNext;

    /// <summary>How many requests can be tried on the bus: those in front of the first that cannot.</summary>
    public int Sound
    {
        get
        {
            int count = 0;
            while (count < Count && _requests[count].IsSound) { count++; }
            return count;
        }
    }

    /// <summary>Whether the group has room for a request in its record; only a queue whose servers keep dying runs out of it.</summary>
    public bool Takes(I2cRequest request) => Count == 0 || request.Chain.Sequence - Record.First < TransferRecord.Span;

    /// <summary>Adds a request; only while the group is not closed, and takes it.</summary>
    public void Add(I2cRequest request)
    {
        ulong sequence = request.Chain.Sequence;
        Record = (Count == 0 ? TransferRecord.Of(sequence) : Record).With(sequence, request.FailNext);
        _requests[Count++] = request;
        _bytes += request.Length;
    }

    /// <summary>The first requests as messages, with what they write copied from the guest once, and their effect about to happen.</summary>
    public ReadOnlySpan<I2cMessage> Begin(int count)
    {
        if (_data.Length < _bytes) { _data = new byte[_bytes]; }
        int at = 0;
        for (int i = 0; i < count; i++)
        {
            I2cRequest request = _requests[i];
            Memory<byte> data = _data.AsMemory(at, request.Length);
            if (request.IsRead) { data.Span.Clear(); }
            else { request.Chain.CopyFrom(I2cHeader.Length, data.Span); }
            _messages[i] = new(request.Address, request.IsRead, data);
            at += request.Length;
            request.Chain.MarkStarted();
        }
        return _messages.AsSpan(0, count);
    }

    /// <summary>Gives the driver what was read, and each request its status.</summary>
    public void Deliver(int completed)
    {
        for (int i = 0; i < Count; i++)
        {
            bool succeeded = i < completed;
            if (succeeded && _requests[i].IsRead) { _requests[i].Chain.CopyTo(0, _messages[i].Data.Span); }
            _requests[i].Answer(succeeded);
        }
    }

    /// <summary>Completes all requests, in order, and empties the group.</summary>
    public void Complete()
    {
        for (int i = 0; i < Count; i++)
        {
            DescriptorChainOf(i).Complete(I2cRequest.WrittenLength(DescriptorChainOf(i)));
            _requests[i] = default;
        }
        (Count, _bytes) = (0, 0);
    }

    /// <summary>Gives all requests back unserved and empties the group.</summary>
    public void Release()
    {
        for (int i = 0; i < Count; i++)
        {
            DescriptorChainOf(i).Release();
            _requests[i] = default;
        }
        (Count, _bytes) = (0, 0);
    }

    private Virtio.Rings.DescriptorChain DescriptorChainOf(int index) => _requests[index].Chain;
}
