using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Rings;

namespace Stratos.Fabric.Devices.Block;

/// <summary>
/// One request from the moment its chain was taken: first decoded on the pump, each guest byte that decides anything read
/// once; then run, on the pump or on a thread of <see cref="BlockWorkers"/>; then used again.
/// </summary>
internal sealed class BlockRequest(BlockHandler owner)
{
    /// <summary>Bytes that a pump copies itself when they are in the page cache; more are a worker's.</summary>
    private const ulong MostAtOnce = 64 * 1024;

    private static readonly byte[] s_zeroes = new byte[64 * 1024];

    private readonly BlockData _data = new();
    private readonly BlockSegment[] _segments = new BlockSegment[BlockLimits.MaxRanges];
    private DescriptorChain? _chain;
    private BlockRequestType _type;
    private ulong _offset;
    private int _segmentCount;

    /// <summary>The next free request while this one is free.</summary>
    public BlockRequest? NextFree { get; set; }

    /// <summary>The handler that the request belongs to.</summary>
    public BlockHandler Owner => owner;

    /// <summary>Takes a chain and finds out what it asks; anything but <see cref="BlockStatus.Ok"/> is the answer already.</summary>
    public BlockStatus Decode(DescriptorChain chain, BlockMedium medium)
    {
        _chain = chain;
        if (!BlockHeader.TryRead(chain, out BlockHeader header)) { return BlockStatus.IoError; }
        _type = header.Type;
        return header.Type switch
        {
            BlockRequestType.Read => DecodeRead(chain, header.Sector, medium),
            BlockRequestType.Write => DecodeWrite(chain, header.Sector, medium),
            BlockRequestType.Flush => BlockStatus.Ok,
            BlockRequestType.GetId => chain.WritableLength > BlockSerial.Length ? BlockStatus.Ok : BlockStatus.IoError,
            BlockRequestType.Discard or BlockRequestType.WriteZeroes => DecodeSegments(chain, medium),
            _ => BlockStatus.Unsupported,
        };
    }

    /// <summary>Does what the request asks and completes it. May block if the store does.</summary>
    public void Run(BlockMedium medium)
    {
        ulong filled = 0;
        Errno error = Execute(medium, ref filled);
        Complete(Translate(error), filled);
    }

    /// <summary>Does what the request asks if that is little and needs no waiting, and completes it then.</summary>
    public bool TryRun(BlockMedium medium)
    {
        bool mayTry = _type is BlockRequestType.Read || (_type is BlockRequestType.Write && !owner.IsWriteThrough);
        if (!mayTry || _data.Length > MostAtOnce || medium.IsLost) { return false; }
        bool reads = _type is BlockRequestType.Read;
        Errno error = reads ? medium.Store.TryRead(_offset, _data) : medium.Store.TryWrite(_offset, _data);
        if (error is Errno.EAGAIN) { return false; }
        Complete(Translate(error), reads && error is Errno.None ? _data.Length : 0);
        return true;
    }

    /// <summary>Completes the request and gives it back to its owner.</summary>
    /// <param name="status">The status byte.</param>
    /// <param name="filled">Bytes at the beginning of the writable part that the device has written.</param>
    /// <remarks>
    /// The used length counts from the beginning of the writable part and has to cover the status byte at its end, so what
    /// lies between and was not written, as after a failed read, is cleared (virtio 1.4, section 2.7.8).
    /// </remarks>
    public void Complete(BlockStatus status, ulong filled)
    {
        DescriptorChain chain = _chain!;
        _chain = null;
        ulong statusAt = chain.WritableLength - 1;
        if (filled < statusAt && statusAt <= BlockLimits.MaxTransfer) { Clear(chain, filled, statusAt); }
        chain.CopyTo(statusAt, [(byte)status]);
        uint written = (uint)Math.Min(chain.WritableLength, uint.MaxValue);
        // Back first: the driver's next request may come as soon as this one is completed, and finds this object then.
        owner.Return(this);
        chain.Complete(written);
    }

    private static BlockStatus Translate(Errno error) => error switch
    {
        Errno.None => BlockStatus.Ok,
        Errno.EOPNOTSUPP => BlockStatus.Unsupported,
        _ => BlockStatus.IoError,
    };

    private static void Clear(DescriptorChain chain, ulong from, ulong end)
    {
        while (from < end)
        {
            ReadOnlySpan<byte> zeroes = s_zeroes.AsSpan(0, (int)Math.Min((ulong)s_zeroes.Length, end - from));
            from += (ulong)chain.CopyTo(from, zeroes);
        }
    }

    private BlockStatus DecodeRead(DescriptorChain chain, ulong sector, BlockMedium medium)
    {
        _data.SetRead(chain);
        return DecodeRange(sector, medium);
    }

    private BlockStatus DecodeWrite(DescriptorChain chain, ulong sector, BlockMedium medium)
    {
        if (medium.IsReadOnly) { return BlockStatus.IoError; }
        _data.SetWrite(chain);
        return DecodeRange(sector, medium);
    }

    private BlockStatus DecodeRange(ulong sector, BlockMedium medium)
    {
        if (_data.Length % BlockLimits.SectorSize != 0 || _data.Length > BlockLimits.MaxTransfer) { return BlockStatus.IoError; }
        if (!medium.Contains(sector, _data.Length / BlockLimits.SectorSize)) { return BlockStatus.IoError; }
        _offset = sector << BlockLimits.SectorShift;
        return BlockStatus.Ok;
    }

    private BlockStatus DecodeSegments(DescriptorChain chain, BlockMedium medium)
    {
        if (medium.IsReadOnly) { return BlockStatus.IoError; }
        ulong length = chain.ReadableLength - BlockHeader.Length;
        if (length == 0 || length % BlockSegment.Length != 0) { return BlockStatus.IoError; }
        if (length > BlockLimits.MaxRanges * BlockSegment.Length) { return BlockStatus.IoError; }
        Span<byte> bytes = stackalloc byte[BlockLimits.MaxRanges * BlockSegment.Length];
        bytes = bytes[..chain.CopyFrom(BlockHeader.Length, bytes[..(int)length])];
        _segmentCount = bytes.Length / BlockSegment.Length;
        uint allowed = _type is BlockRequestType.WriteZeroes ? BlockSegment.Unmap : 0;
        for (int i = 0; i < _segmentCount; i++)
        {
            BlockSegment segment = BlockSegment.Read(bytes[(i * BlockSegment.Length)..]);
            if ((segment.Flags & ~allowed) != 0) { return BlockStatus.Unsupported; }
            if (segment.Sectors > BlockLimits.MaxRangeSectors || !medium.Contains(segment.Sector, segment.Sectors)) { return BlockStatus.IoError; }
            _segments[i] = segment;
        }
        return BlockStatus.Ok;
    }

    private Errno Execute(BlockMedium medium, ref ulong filled)
    {
        if (medium.IsLost) { return Errno.EIO; }
        IBlockStore store = medium.Store;
        switch (_type)
        {
            case BlockRequestType.Read:
                Errno read = store.Read(_offset, _data);
                filled = read is Errno.None ? _data.Length : 0;
                return read;
            case BlockRequestType.Write:
                return Settle(store, store.Write(_offset, _data));
            case BlockRequestType.Flush:
                return store.Flush();
            case BlockRequestType.GetId:
                filled = (ulong)_chain!.CopyTo(0, medium.Serial);
                return Errno.None;
            default:
                return Settle(store, ExecuteSegments(store));
        }
    }

    /// <summary>Makes a write stable before it is completed, where the driver has no flush command (virtio 1.4, section 5.2.6.2).</summary>
    private Errno Settle(IBlockStore store, Errno written) =>
        written is Errno.None && owner.IsWriteThrough ? store.Flush() : written;

    private Errno ExecuteSegments(IBlockStore store)
    {
        foreach (BlockSegment segment in _segments.AsSpan(0, _segmentCount))
        {
            if (segment.Sectors == 0) { continue; }
            ulong offset = segment.Sector << BlockLimits.SectorShift;
            ulong length = (ulong)segment.Sectors << BlockLimits.SectorShift;
            Errno error = _type is BlockRequestType.Discard
                ? store.Discard(offset, length)
                : store.WriteZeroes(offset, length, (segment.Flags & BlockSegment.Unmap) != 0);
            if (error is not Errno.None) { return error; }
        }
        return Errno.None;
    }
}
