using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Stratos.Fabric.Devices.Spi.Simulation;

/// <summary>
/// A serial NOR flash of the W25Q series with its JEDEC identity: reads on one, two or four lines, page programs that only
/// clear bits, erases of 4, 32 and 64 KiB and of the whole chip, write enable latch and status registers.
/// </summary>
/// <remarks>An erase is put on record in its transfer and carried out when that is final: at once, and again after a death.</remarks>
public sealed class NorFlash : SpiCommandChip
{
    private const int PageSize = 256;
    private const int IsEnabled = 0x02;
    private const int StatusAt = OwnStateAt;
    private const int EraseStartAt = OwnStateAt + 8;
    private const int EraseLengthAt = OwnStateAt + 12;
    private const int CellsAt = OwnStateAt + 16;

    private readonly byte _sizeCode;
    private readonly byte[] _page = new byte[PageSize];
    private readonly byte[] _statusToWrite = new byte[2];

    /// <summary>Makes a flash of all ones.</summary>
    /// <param name="megabits">Its size and its model's number: 8, 16, 32, 64 or 128.</param>
    /// <param name="chipSelect">Its chip select.</param>
    public NorFlash(int megabits, byte chipSelect) : base(chipSelect, 16 + SizeOf(megabits))
    {
        Size = SizeOf(megabits);
        _sizeCode = (byte)int.Log2(Size);
        Model = $"w25q{megabits}";
    }

    /// <inheritdoc/>
    public override string Model { get; }

    /// <summary>Size in bytes.</summary>
    public int Size { get; }

    /// <summary>A part of the cells as they are now.</summary>
    /// <param name="offset">Where it begins.</param>
    /// <param name="length">How long it is.</param>
    public byte[] Contents(int offset, int length)
    {
        byte[] cells = [];
        Exclusively(() => cells = State.Slice(CellsAt + offset, length).ToArray());
        return cells;
    }

    /// <inheritdoc/>
    protected internal override void PowerOn(Span<byte> state) => state[CellsAt..].Fill(0xFF);

    /// <inheritdoc/>
    protected internal override void Settle(Span<byte> state)
    {
        int length = BinaryPrimitives.ReadInt32LittleEndian(state[EraseLengthAt..]);
        if (length == 0) { return; }
        state.Slice(CellsAt + BinaryPrimitives.ReadInt32LittleEndian(state[EraseStartAt..]), length).Fill(0xFF);
        Volatile.Write(ref MemoryMarshal.AsRef<int>(state[EraseLengthAt..]), 0);
    }

    /// <inheritdoc/>
    protected override SpiCommand CommandOf(byte opcode) => opcode switch
    {
        NorOpcode.Read or NorOpcode.Program => new(3, 0, HasData: true),
        NorOpcode.FastRead or NorOpcode.DualRead or NorOpcode.QuadRead or NorOpcode.ReadParameters => new(3, 1, HasData: true),
        NorOpcode.Erase4K or NorOpcode.Erase32K or NorOpcode.Erase64K => new(3, 0, HasData: false),
        NorOpcode.ReadIdentity => new(0, 0, HasData: true),
        NorOpcode.ReadStatus1 or NorOpcode.ReadStatus2 or NorOpcode.ReadStatus3 => new(0, 0, HasData: true),
        NorOpcode.WriteStatus1 or NorOpcode.WriteStatus2 or NorOpcode.WriteStatus3 => new(0, 0, HasData: true),
        _ => default,
    };

    /// <inheritdoc/>
    protected override byte Data(byte opcode, uint address, int index, byte sent)
    {
        switch (opcode)
        {
            case NorOpcode.Read or NorOpcode.FastRead or NorOpcode.DualRead or NorOpcode.QuadRead:
                return State[CellsAt + (int)((address + (uint)index) % (uint)Size)];
            case NorOpcode.Program:
                if (index == 0) { _page.AsSpan().Fill(0xFF); }
                _page[(int)((address + (uint)index) % PageSize)] = sent;
                return 0xFF;
            case NorOpcode.ReadIdentity:
                return (index % 3) switch { 0 => 0xEF, 1 => 0x40, _ => _sizeCode };
            case NorOpcode.WriteStatus1 or NorOpcode.WriteStatus2 or NorOpcode.WriteStatus3:
                if (index < _statusToWrite.Length) { _statusToWrite[index] = sent; }
                return 0xFF;
            case NorOpcode.ReadStatus1 or NorOpcode.ReadStatus2 or NorOpcode.ReadStatus3:
                return State[StatusAt + StatusOf(opcode)];
            default:
                return 0xFF;
        }
    }

    /// <inheritdoc/>
    protected override void Finish(byte opcode, uint address, int moved)
    {
        bool isEnabled = (State[StatusAt] & IsEnabled) != 0;
        switch (opcode)
        {
            case NorOpcode.EnableWrites:
                Enable(true);
                break;
            case NorOpcode.DisableWrites:
                Enable(false);
                break;
            case NorOpcode.Program when isEnabled:
                Program((int)(address % (uint)Size));
                break;
            case NorOpcode.Erase4K when isEnabled:
                Erase(address, 4 << 10);
                break;
            case NorOpcode.Erase32K when isEnabled:
                Erase(address, 32 << 10);
                break;
            case NorOpcode.Erase64K when isEnabled:
                Erase(address, 64 << 10);
                break;
            case NorOpcode.EraseChip or NorOpcode.EraseChipToo when isEnabled:
                Erase(0, Size);
                break;
            case NorOpcode.WriteStatus1 or NorOpcode.WriteStatus2 or NorOpcode.WriteStatus3 when isEnabled:
                Store(StatusAt + StatusOf(opcode), _statusToWrite.AsSpan(0, opcode is NorOpcode.WriteStatus1 ? Math.Min(moved, 2) : 1));
                Enable(false);
                break;
        }
    }

    private static int SizeOf(int megabits) => megabits is 8 or 16 or 32 or 64 or 128
        ? megabits << 17
        : throw new ArgumentException($"There is no W25Q{megabits}. Use 8, 16, 32, 64 or 128.");

    private static int StatusOf(byte opcode) => opcode switch
    {
        NorOpcode.ReadStatus1 or NorOpcode.WriteStatus1 => 0,
        NorOpcode.ReadStatus2 or NorOpcode.WriteStatus2 => 1,
        _ => 2,
    };

    private void Enable(bool on) => Store(StatusAt, [(byte)((State[StatusAt] & ~(IsEnabled | 1)) | (on ? IsEnabled : 0))]);

    private void Program(int address)
    {
        int page = address - (address % PageSize);
        ReadOnlySpan<byte> cells = State.Slice(CellsAt + page, PageSize);
        for (int i = 0; i < PageSize; i++) { _page[i] &= cells[i]; }
        Store(CellsAt + page, _page);
        Enable(false);
    }

    private void Erase(uint address, int length)
    {
        Span<byte> record = stackalloc byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(record, (int)(address % (uint)Size) / length * length);
        BinaryPrimitives.WriteInt32LittleEndian(record[4..], length);
        Store(EraseStartAt, record);
        Enable(false);
    }
}
