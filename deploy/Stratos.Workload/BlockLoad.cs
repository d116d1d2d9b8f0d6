using Stratos.Transports.VhostUser.Frontend.Drivers;

namespace Stratos.Workload;

/// <summary>
/// Random reads, writes and flushes on one queue of a block device. Every block that is read is compared with the model
/// of what must be there; at the end every block is.
/// </summary>
public sealed class BlockLoad : Load
{
    private const int SectorLength = 512;
    private readonly BlockQueue _queue;
    private readonly BlockLoadOptions _options;
    private readonly BlockModel _model;
    private readonly Random _random;
    private readonly int _firstBlock;
    private readonly bool _flushes;
    private readonly (ulong Request, int Block)[] _requests;
    private readonly int[] _free;
    private int _freeCount;
    private ulong _next = 1;
    private int _scanned = -1;

    /// <summary>Makes a load for one queue.</summary>
    /// <param name="driver">The device, started with a transfer length of at least a block.</param>
    /// <param name="queue">The request queue; each queue of a device gets blocks of its own.</param>
    /// <param name="options">The load.</param>
    public BlockLoad(BlockDriver driver, int queue, BlockLoadOptions options)
        : base($"block queue {queue}", driver.Frontend, options)
    {
        (_queue, _options) = (driver.Queues[queue], options);
        _firstBlock = queue * options.Blocks;
        var needed = (ulong)(_firstBlock + options.Blocks) * (ulong)options.BlockLength / SectorLength;
        if (needed > driver.Config.Sectors)
            throw new ArgumentException($"{Name}: the device has {driver.Config.Sectors} sectors, the load needs {needed}.", nameof(driver));
        _flushes = (driver.Frontend.Features & BlockFeatures.Flush) != 0;
        _model = new(options.Blocks);
        _random = new(options.Seed);
        _requests = new (ulong, int)[_queue.Depth];
        _free = [.. Enumerable.Range(0, _queue.Depth)];
        _freeCount = _free.Length;
    }

    /// <inheritdoc/>
    public override int Depth => _queue.Depth;

    private protected override int InFlight => _queue.InFlight;

    private protected override bool Wait(TimeSpan timeout) => _queue.Wait(timeout);

    private protected override int Submit(int most)
    {
        var submitted = 0;
        while (submitted < most && _freeCount > 0 && TrySubmit(_free[_freeCount - 1]))
        {
            _freeCount--;
            submitted++;
        }
        _queue.Kick();
        return submitted;
    }

    private protected override int Take()
    {
        var taken = 0;
        while (_queue.TryComplete(out var completion))
        {
            Check(completion);
            _free[_freeCount++] = completion.Slot;
            taken++;
        }
        return taken;
    }

    /// <summary>Reads every block that was written.</summary>
    private protected override void Finish()
    {
        _scanned = 0;
        Exchange(() => _scanned == _model.Count);
    }

    private bool TrySubmit(int slot)
    {
        if (_scanned >= 0)
            return TrySubmitScan(slot);
        var choice = _random.Next(100);
        if (_flushes && choice < _options.Flushes)
        {
            _requests[slot] = (_next, -1);
            return Count(_queue.TryFlush(slot));
        }
        var block = _random.Next(_model.Count);
        while (_model.IsBusy(block))
            block = block + 1 == _model.Count ? 0 : block + 1;
        return _model.IsKnown(block) && choice < _options.Flushes + _options.Reads ? TrySubmitRead(slot, block) : TrySubmitWrite(slot, block);
    }

    private bool TrySubmitScan(int slot)
    {
        while (_scanned < _model.Count && !_model.IsKnown(_scanned))
            _scanned++;
        if (_scanned == _model.Count || !TrySubmitRead(slot, _scanned))
            return false;
        _scanned++;
        return true;
    }

    private bool TrySubmitRead(int slot, int block)
    {
        if (!Count(_queue.TryRead(slot, SectorOf(block), _options.BlockLength)))
            return false;
        _requests[slot] = (_next - 1, block);
        _model.BeginRead(block);
        return true;
    }

    private bool TrySubmitWrite(int slot, int block)
    {
        var stamp = _model.BeginWrite(block, _next);
        stamp.Write(_queue.Data(slot)[.._options.BlockLength]);
        _requests[slot] = (_next, block);
        if (Count(_queue.TryWrite(slot, SectorOf(block), _options.BlockLength)))
            return true;
        _model.EndRead(block);
        return false;
    }

    private bool Count(bool submitted)
    {
        _next += submitted ? 1UL : 0;
        return submitted;
    }

    private void Check(BlockCompletion completion)
    {
        var (request, block) = _requests[completion.Slot];
        var succeeded = completion.Status == BlockStatus.Ok;
        if (completion.Type == BlockRequestType.Write)
            _model.EndWrite(block, request, succeeded);
        else if (block >= 0)
            _model.EndRead(block);
        if (!succeeded)
        {
            Account.AddFailed($"request {request} ({completion.Type}, block {block}) completed with status {completion.Status}");
            return;
        }
        var expected = completion.Type == BlockRequestType.Read ? (uint)_options.BlockLength + 1 : 1;
        var wrong = completion.Written == expected ? null : $"it says that {completion.Written} bytes were written, not {expected}";
        if (completion.Type == BlockRequestType.Read)
            wrong ??= _model.Check(block, _queue.Data(completion.Slot)[.._options.BlockLength]);
        if (wrong is null)
            Account.AddDone();
        else
            Account.AddCorrupted($"request {request} ({completion.Type}): {wrong}");
    }

    private ulong SectorOf(int block) => (ulong)(_firstBlock + block) * (ulong)(_options.BlockLength / SectorLength);
}
