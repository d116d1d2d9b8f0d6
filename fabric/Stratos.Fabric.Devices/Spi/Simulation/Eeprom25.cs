namespace Stratos.Fabric.Devices.Spi.Simulation;

/// <summary>
/// An EEPROM of the 25C (AT25) series: write enable latch, status register with block protection, reads that go on over the
/// end, page writes that wrap within their page.
/// </summary>
public sealed class Eeprom25 : SpiCommandChip
{
    private const byte WriteStatus = 0x01;
    private const byte WriteData = 0x02;
    private const byte ReadData = 0x03;
    private const byte DisableWrites = 0x04;
    private const byte ReadStatus = 0x05;
    private const byte EnableWrites = 0x06;
    private const byte HighAddressBit = 0x08;
    private const int IsEnabled = 0x02;
    private const int Writable = 0x8C;
    private const int StatusAt = OwnStateAt;
    private const int CellsAt = OwnStateAt + 8;

    private readonly int _kilobits;
    private readonly byte[] _page;
    private byte _statusToWrite;

    /// <summary>Makes a chip.</summary>
    /// <param name="kilobits">Its size and its model's number: 1, 2, 4, 8, 16, 32, 64, 128, 256, 512 or 1024.</param>
    /// <param name="chipSelect">Its chip select.</param>
    public Eeprom25(int kilobits, byte chipSelect) : base(chipSelect, 8 + SizeOf(kilobits))
    {
        (_kilobits, Size) = (kilobits, SizeOf(kilobits));
        _page = new byte[kilobits switch { <= 4 => 8, <= 64 => 32, <= 256 => 64, 512 => 128, _ => 256 }];
    }

    /// <inheritdoc/>
    public override string Model => $"25c{_kilobits:00}";

    /// <summary>Size in bytes.</summary>
    public int Size { get; }

    /// <summary>Bytes of a page: what one write can program.</summary>
    public int PageSize => _page.Length;

    /// <summary>Bytes of an address; a 25C04 has a ninth bit in its opcode.</summary>
    public int AddressBytes => _kilobits switch { <= 4 => 1, <= 512 => 2, _ => 3 };

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
    protected override SpiCommand CommandOf(byte opcode) => Plain(opcode) switch
    {
        ReadData or WriteData => new(AddressBytes, 0, HasData: true),
        ReadStatus or WriteStatus => new(0, 0, HasData: true),
        _ => default,
    };

    /// <inheritdoc/>
    protected override byte Data(byte opcode, uint address, int index, byte sent)
    {
        int start = Start(opcode, address);
        switch (Plain(opcode))
        {
            case ReadData:
                return State[CellsAt + ((start + index) % Size)];
            case WriteData:
                int page = start - (start % PageSize);
                if (index == 0) { State.Slice(CellsAt + page, PageSize).CopyTo(_page); }
                _page[(start + index) % PageSize] = sent;
                return 0xFF;
            case WriteStatus:
                _statusToWrite = sent;
                return 0xFF;
            default:
                return State[StatusAt];
        }
    }

    /// <inheritdoc/>
    protected override void Finish(byte opcode, uint address, int moved)
    {
        byte status = State[StatusAt];
        switch (Plain(opcode))
        {
            case EnableWrites:
                Store(StatusAt, [(byte)(status | IsEnabled)]);
                break;
            case DisableWrites:
                Store(StatusAt, [(byte)(status & ~IsEnabled)]);
                break;
            case WriteStatus when (status & IsEnabled) != 0:
                Store(StatusAt, [(byte)(_statusToWrite & Writable)]);
                break;
            case WriteData when (status & IsEnabled) != 0:
                int start = Start(opcode, address);
                if (!IsProtected(status, start)) { Store(CellsAt + start - (start % PageSize), _page); }
                Store(StatusAt, [(byte)(status & ~IsEnabled)]);
                break;
        }
    }

    private static int SizeOf(int kilobits) => kilobits is 1 or 2 or 4 or 8 or 16 or 32 or 64 or 128 or 256 or 512 or 1024
        ? kilobits * 128
        : throw new ArgumentException($"There is no 25C{kilobits:00}. Use 01, 02, 04, 08, 16, 32, 64, 128, 256, 512 or 1024.");

    private byte Plain(byte opcode) => _kilobits == 4 && (opcode & ~HighAddressBit) is ReadData or WriteData ? (byte)(opcode & ~HighAddressBit) : opcode;

    private int Start(byte opcode, uint address) => (int)((address | (_kilobits == 4 && (opcode & HighAddressBit) != 0 ? 0x100u : 0)) % (uint)Size);

    /// <summary>The bits BP0 and BP1 protect nothing, the last quarter, the last half, or all.</summary>
    private bool IsProtected(byte status, int cell) => (status >> 2 & 3) switch
    {
        0 => false,
        1 => cell >= Size - (Size / 4),
        2 => cell >= Size / 2,
        _ => true,
    };
}
