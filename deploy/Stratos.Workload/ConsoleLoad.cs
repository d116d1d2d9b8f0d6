using Stratos.Transports.VhostUser.Frontend.Drivers;

namespace Stratos.Workload;

/// <summary>
/// Sends a numbered stream through a console's transmit queue, in pieces of random length, and checks the numbered
/// stream that comes in by its receive queue. What was sent is checked where it comes out, by a
/// <see cref="NumberedStreamCheck"/>.
/// </summary>
public sealed class ConsoleLoad : Load
{
    private const int Ahead = 16;
    private readonly ConsoleDriver _driver;
    private readonly Random _random;
    private readonly byte[] _stream = new byte[Ahead * NumberedStream.RecordLength];
    private readonly byte[] _received;
    private readonly NumberedStreamCheck _check = new();
    private long _nextRecord;
    private int _begin;
    private int _end;
    private bool _finishing;

    /// <summary>Makes a load.</summary>
    public ConsoleLoad(ConsoleDriver driver, LoadOptions options)
        : base("console", driver.Frontend, options)
    {
        _driver = driver;
        _random = new(options.Seed);
        _received = new byte[driver.Chunk];
    }

    /// <inheritdoc/>
    public override int Depth => _driver.Transmitter.Ring.Size;

    /// <summary>Records that were sent whole or begun, until now.</summary>
    public long RecordsSent => Volatile.Read(ref _nextRecord);

    /// <summary>Records that came in, in order, until now.</summary>
    public long RecordsReceived => _check.Received;

    private protected override int InFlight => _driver.Sending;

    private protected override bool Wait(TimeSpan timeout) => _driver.Transmitter.WaitForUsed(timeout);

    private protected override int Submit(int most)
    {
        var submitted = 0;
        while (submitted < most && (!_finishing || _begin < _end))
        {
            Refill();
            var length = Math.Min(_finishing ? _end - _begin : _random.Next(1, _end - _begin + 1), _driver.Chunk);
            if (!_driver.TrySend(_stream.AsSpan(_begin, length)))
                break;
            _begin += length;
            submitted++;
        }
        return submitted;
    }

    private protected override int Take()
    {
        var taken = 0;
        for (; _driver.TryTakeSent(); taken++)
            Account.AddDone();
        while (_driver.TryReceive(_received, out var count))
            _check.Feed(_received.AsSpan(0, count));
        return taken;
    }

    /// <summary>Sends the rest of the last record and reports what was wrong with the stream that came in.</summary>
    private protected override void Finish()
    {
        _finishing = true;
        Exchange(() => _begin == _end);
        if (_check.Lost > 0)
            Account.AddLost(_check.Lost, $"input: {_check.Problem}");
        if (_check.Repeated > 0)
            Account.AddRepeated($"input: {_check.Problem}");
        if (_check.Damaged > 0)
            Account.AddCorrupted($"input: {_check.Problem}");
    }

    private void Refill()
    {
        if (_begin < _end || _finishing)
            return;
        for (var i = 0; i < Ahead; i++)
            NumberedStream.Write(_nextRecord + i, _stream.AsSpan(i * NumberedStream.RecordLength, NumberedStream.RecordLength));
        Volatile.Write(ref _nextRecord, _nextRecord + Ahead);
        (_begin, _end) = (0, _stream.Length);
    }
}
