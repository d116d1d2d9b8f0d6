using System.Buffers.Binary;
using Stratos.Transports.VhostUser.Frontend.Drivers;

namespace Stratos.Workload;

/// <summary>
/// Transfers to a counting chip on an I2C bus, each a write and a read that follows without STOP: the count that comes back
/// tells at once whether a transfer was lost or came twice. Nobody else may use the chip meanwhile.
/// </summary>
public sealed class I2cLoad : Load
{
    private const int CountLength = 12;
    private readonly I2cDriver _driver;
    private readonly byte _address;
    private readonly Queue<int> _free;
    private long _expected = -1;
    private bool _writeFailed;

    /// <summary>Makes a load.</summary>
    /// <param name="driver">The bus, started with a depth of 2 or more.</param>
    /// <param name="address">The counting chip's address.</param>
    /// <param name="options">The load.</param>
    public I2cLoad(I2cDriver driver, byte address, LoadOptions options)
        : base("i2c", driver.Frontend, options)
    {
        (_driver, _address) = (driver, address);
        _free = new(Enumerable.Range(0, driver.Depth / 2));
    }

    /// <inheritdoc/>
    public override int Depth => _driver.Depth / 2;

    private protected override int InFlight => Depth - _free.Count;

    private protected override bool Wait(TimeSpan timeout) => _driver.Wait(timeout);

    private protected override int Submit(int most)
    {
        var submitted = 0;
        // A pair takes six descriptors at most, and the driver's ring has room for all of its slots.
        for (; submitted < most && _free.TryDequeue(out var pair); submitted++)
        {
            _driver.TryWrite(2 * pair, _address, 1, more: true);
            _driver.TryRead((2 * pair) + 1, _address, CountLength);
        }
        _driver.Kick();
        return submitted;
    }

    private protected override int Take()
    {
        var taken = 0;
        while (_driver.TryTake(out var slot, out var succeeded))
        {
            if (slot % 2 == 0)
            {
                _writeFailed = !succeeded;
                continue;
            }
            taken++;
            Check(_driver.Data(slot), succeeded);
            _free.Enqueue(slot / 2);
        }
        return taken;
    }

    private void Check(ReadOnlySpan<byte> data, bool succeeded)
    {
        if (_writeFailed || !succeeded)
        {
            Account.AddFailed($"transfer {Account.Done + 1} failed");
            return;
        }
        long count = BinaryPrimitives.ReadUInt32LittleEndian(data);
        var expected = _expected < 0 ? count : _expected;
        _expected = count + 1;
        if (count < expected)
            Account.AddLost(expected - count, $"the chip has counted {count} writes, not {expected}");
        else if (count > expected)
            Account.AddRepeated($"the chip has counted {count} writes, not {expected}");
        else
            Account.AddDone();
    }
}
