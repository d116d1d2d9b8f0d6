namespace Stratos.Workload;

/// <summary>What every block of a load must hold. At most one request at a time touches a block, so there is one right answer.</summary>
internal sealed class BlockModel
{
    private struct Block
    {
        public ulong Request;
        public ulong Generation;
        public bool Busy;
        public bool Uncertain;
    }

    private readonly Block[] _blocks;

    public BlockModel(int blocks) => _blocks = new Block[blocks];

    public int Count => _blocks.Length;

    public bool IsBusy(int block) => _blocks[block].Busy;

    /// <summary>Whether the block was written and what it holds is known.</summary>
    public bool IsKnown(int block) => _blocks[block] is { Generation: > 0, Uncertain: false };

    public void BeginRead(int block) => _blocks[block].Busy = true;

    public void EndRead(int block) => _blocks[block].Busy = false;

    /// <summary>A write begins; returns what to write.</summary>
    public BlockStamp BeginWrite(int block, ulong request)
    {
        _blocks[block].Busy = true;
        return new(request, (ulong)block, _blocks[block].Generation + 1);
    }

    /// <summary>A write ended.</summary>
    /// <param name="block">The block.</param>
    /// <param name="request">The request's number.</param>
    /// <param name="succeeded">False if the device reported an error: the block may hold the old or the new, or be torn.</param>
    public void EndWrite(int block, ulong request, bool succeeded)
    {
        ref var entry = ref _blocks[block];
        (entry.Busy, entry.Request, entry.Uncertain) = (false, request, !succeeded);
        entry.Generation++;
    }

    /// <summary>Compares a block's content with what it must be.</summary>
    /// <returns>What is wrong, or null.</returns>
    public string? Check(int block, ReadOnlySpan<byte> content)
    {
        ref var entry = ref _blocks[block];
        if (!BlockStamp.TryRead(content, out var found))
            return $"block {block} is damaged: it must hold request {entry.Request}, generation {entry.Generation}, and its checksum is wrong";
        if (found == new BlockStamp(entry.Request, (ulong)block, entry.Generation))
            return null;
        if (found.Block != (ulong)block)
            return $"block {block} holds what request {found.Request} wrote to block {found.Block}";
        return found.Generation < entry.Generation
            ? $"block {block} holds request {found.Request}, generation {found.Generation}, but generation {entry.Generation} was acknowledged: a write was lost, or an older one ran again"
            : $"block {block} holds request {found.Request}, generation {found.Generation}, but the last that was acknowledged is request {entry.Request}, generation {entry.Generation}";
    }
}
