using System.Buffers.Binary;
using Stratos.Transports.VhostUser.Frontend.Drivers;

namespace Stratos.Workload;

/// <summary>Asks an entropy device for bytes; each answer must be full, not all zero, and not have been given before.</summary>
public sealed class EntropyLoad : Load
{
    private const int Remembered = 1 << 16;
    private readonly EntropyDriver _driver;
    private readonly int[] _free;
    private readonly HashSet<ulong> _seen = new(Remembered);
    private readonly Queue<ulong> _order = new(Remembered);
    private int _freeCount;
    private long _taken;

    /// <summary>Makes a load.</summary>
    /// <param name="driver">The device, started with buffers of at least 8 bytes.</param>
    /// <param name="options">The load.</param>
    public EntropyLoad(EntropyDriver driver, LoadOptions options)
        : base("entropy", driver.Frontend, options)
    {
        _driver = driver;
        _free = [.. Enumerable.Range(0, driver.Depth)];
        _freeCount = _free.Length;
    }

    /// <inheritdoc/>
    public override int Depth => _driver.Depth;

    private protected override int InFlight => _driver.Queue.Ring.InFlight;

    private protected override bool Wait(TimeSpan timeout) => _driver.Wait(timeout);

    private protected override int Submit(int most)
    {
        var submitted = 0;
        for (; submitted < most && _freeCount > 0 && _driver.TryAsk(_free[_freeCount - 1]); submitted++)
            _freeCount--;
        _driver.Kick();
        return submitted;
    }

    private protected override int Take()
    {
        var taken = 0;
        for (; _driver.TryTake(out var slot, out var length); taken++)
        {
            Check(_driver.Data(slot), length);
            _free[_freeCount++] = slot;
        }
        return taken;
    }

    private void Check(ReadOnlySpan<byte> data, int length)
    {
        _taken++;
        if (length != data.Length)
            Account.AddCorrupted($"answer {_taken} has {length} bytes of {data.Length}");
        else if (!data.ContainsAnyExcept((byte)0))
            Account.AddCorrupted($"answer {_taken} is all zeroes");
        else if (!Remember(BinaryPrimitives.ReadUInt64LittleEndian(data)))
            Account.AddRepeated($"answer {_taken} was given before");
        else
            Account.AddDone();
    }

    private bool Remember(ulong value)
    {
        if (!_seen.Add(value))
            return false;
        if (_order.Count == Remembered)
            _seen.Remove(_order.Dequeue());
        _order.Enqueue(value);
        return true;
    }
}
