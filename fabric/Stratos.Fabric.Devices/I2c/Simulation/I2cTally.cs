using System.Buffers.Binary;

namespace Stratos.Fabric.Devices.I2c.Simulation;

/// <summary>
/// A chip that counts: messages that wrote to it, bytes that they brought, messages that read from it. A read gives the
/// three counts as little-endian 32-bit numbers, over and over. It shows whether a transfer was lost or came twice.
/// </summary>
public sealed class I2cTally(I2cAddress address) : I2cChip(address, StateBytes)
{
    private const int StateBytes = 16;
    private const int WritesAt = 0;
    private const int BytesAt = 4;
    private const int ReadsAt = 8;
    private const int Shown = 12;

    private readonly byte[] _image = new byte[StateBytes];
    private bool _isBegun;
    private int _position;

    /// <inheritdoc/>
    public override string Model => "tally";

    /// <summary>Messages that wrote to it.</summary>
    public uint Writes => Look(WritesAt);

    /// <summary>Bytes that they brought.</summary>
    public uint Bytes => Look(BytesAt);

    /// <summary>Messages that read from it.</summary>
    public uint Reads => Look(ReadsAt);

    /// <inheritdoc/>
    protected internal override bool Start(int index, bool isRead)
    {
        if (!_isBegun) { State.CopyTo(_image); }
        (_isBegun, _position) = (true, 0);
        Count(isRead ? ReadsAt : WritesAt);
        return true;
    }

    /// <inheritdoc/>
    protected internal override bool Write(byte value)
    {
        Count(BytesAt);
        return true;
    }

    /// <inheritdoc/>
    protected internal override byte Read() => _image[_position++ % Shown];

    /// <inheritdoc/>
    protected internal override void Stop()
    {
        Store(0, _image);
        _isBegun = false;
    }

    private void Count(int at)
    {
        Span<byte> counter = _image.AsSpan(at);
        BinaryPrimitives.WriteUInt32LittleEndian(counter, BinaryPrimitives.ReadUInt32LittleEndian(counter) + 1);
    }

    private uint Look(int at)
    {
        uint count = 0;
        Exclusively(() => count = BinaryPrimitives.ReadUInt32LittleEndian(State[at..]));
        return count;
    }
}
