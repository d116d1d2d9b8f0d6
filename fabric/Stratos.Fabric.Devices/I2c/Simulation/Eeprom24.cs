using System.Buffers.Binary;

namespace Stratos.Fabric.Devices.I2c.Simulation;

/// <summary>
/// An EEPROM of the 24C series: sequential reads that go on from an address counter, page writes that wrap within their
/// page and are programmed at STOP, and no answer while a page is being programmed.
/// </summary>
public sealed class Eeprom24 : I2cChip
{
    private const int CounterAt = 0;
    private const int BusyAt = 8;
    private const int CellsAt = 16;

    private readonly int _kilobits;
    private readonly int _size;
    private readonly TimeSpan _writeTime;
    private readonly TimeProvider _time;
    private readonly byte[] _page;
    private int _counter;
    private int _addressBytes;
    private int _pageStart;
    private int _latched;
    private bool _isReading;

    /// <summary>Makes a chip.</summary>
    /// <param name="kilobits">Its size and its model's number: 1, 2, 4, 8, 16, 32, 64, 128, 256 or 512.</param>
    /// <param name="address">Its address; of a 24C04, 08 or 16 the first of several.</param>
    /// <param name="writeTime">How long a page takes to be programmed; the chip acknowledges nothing meanwhile. Zero by default.</param>
    /// <param name="time">The clock for that; null for the system's.</param>
    public Eeprom24(int kilobits, I2cAddress address, TimeSpan writeTime = default, TimeProvider? time = null)
        : base(address, CellsAt + SizeOf(kilobits), kilobits is >= 4 and <= 16 ? kilobits / 2 : 1)
    {
        (_kilobits, _size, _writeTime, _time) = (kilobits, SizeOf(kilobits), writeTime, time ?? TimeProvider.System);
        _page = new byte[kilobits switch { <= 2 => 8, <= 16 => 16, <= 64 => 32, <= 256 => 64, _ => 128 }];
    }

    /// <inheritdoc/>
    public override string Model => $"24c{_kilobits:00}";

    /// <summary>Size in bytes.</summary>
    public int Size => _size;

    /// <summary>Bytes of a page: what one write can program.</summary>
    public int PageSize => _page.Length;

    private bool HasWideAddress => _kilobits >= 32;

    /// <summary>All cells as they are now.</summary>
    public byte[] Contents()
    {
        byte[] cells = [];
        Exclusively(() => cells = State[CellsAt..].ToArray());
        return cells;
    }

    /// <inheritdoc/>
    protected internal override void PowerOn(Span<byte> state) => state[CellsAt..].Fill(0xFF);

    /// <inheritdoc/>
    protected internal override bool Start(int index, bool isRead)
    {
        if (BinaryPrimitives.ReadInt64LittleEndian(State[BusyAt..]) > _time.GetTimestamp()) { return false; }
        // What was latched and not stopped is given up, as the chip does.
        (_isReading, _latched) = (isRead, 0);
        if (!isRead)
        {
            _addressBytes = 0;
            _counter = index << 8;
        }
        else if (_addressBytes == 0)
        {
            _counter = BinaryPrimitives.ReadInt32LittleEndian(State[CounterAt..]);
        }
        return true;
    }

    /// <inheritdoc/>
    protected internal override bool Write(byte value)
    {
        if (_addressBytes < (HasWideAddress ? 2 : 1))
        {
            _addressBytes++;
            _counter = HasWideAddress ? ((_counter << 8) | value) % Math.Max(_size, 1 << 8) : (_counter & 0x700) | value;
            if (_addressBytes == (HasWideAddress ? 2 : 1)) { _counter %= _size; }
            return true;
        }
        if (_latched == 0)
        {
            _pageStart = _counter - (_counter % _page.Length);
            State.Slice(CellsAt + _pageStart, _page.Length).CopyTo(_page);
        }
        _page[_counter - _pageStart] = value;
        _counter = _pageStart + ((_counter - _pageStart + 1) % _page.Length);
        _latched++;
        return true;
    }

    /// <inheritdoc/>
    protected internal override byte Read()
    {
        byte value = State[CellsAt + _counter];
        _counter = (_counter + 1) % _size;
        return value;
    }

    /// <inheritdoc/>
    protected internal override void Stop()
    {
        if (_latched > 0 && !_isReading)
        {
            Store(CellsAt + _pageStart, _page);
            SetWord(BusyAt, _time.GetTimestamp() + (long)(_writeTime.TotalSeconds * _time.TimestampFrequency));
        }
        SetWord(CounterAt, _counter);
        (_latched, _addressBytes) = (0, 0);
    }

    private static int SizeOf(int kilobits) => kilobits is 1 or 2 or 4 or 8 or 16 or 32 or 64 or 128 or 256 or 512
        ? kilobits * 128
        : throw new ArgumentException($"There is no 24C{kilobits:00}. Use 01, 02, 04, 08, 16, 32, 64, 128, 256 or 512.");

    private void SetWord(int at, long value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        Store(at, bytes);
    }
}
