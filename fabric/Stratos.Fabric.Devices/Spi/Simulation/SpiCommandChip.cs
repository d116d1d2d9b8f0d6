using System.Buffers.Binary;

namespace Stratos.Fabric.Devices.Spi.Simulation;

/// <summary>
/// A chip with commands: opcode, address, dummy bytes, data. They may come in one transfer or in several: what is still
/// missing of a command is kept on the board. A command ends with the transfer that brings its data, or its last byte if it
/// has none, or when the chip is deselected.
/// </summary>
public abstract class SpiCommandChip : SpiChip
{
    /// <summary>Where a chip's own state begins, behind that of the command.</summary>
    private protected const int OwnStateAt = 16;

    private const int IsBegunAt = 0;
    private const int OpcodeAt = 1;
    private const int LeadAt = 2;
    private const int AddressAt = 4;

    private bool _isBegun;
    private byte _opcode;
    private SpiCommand _command;
    private int _lead;
    private uint _address;
    private int _moved;

    /// <summary>Makes a chip.</summary>
    /// <param name="chipSelect">Its chip select.</param>
    /// <param name="ownStateLength">Bytes that it keeps beside the state of its command.</param>
    protected SpiCommandChip(byte chipSelect, int ownStateLength) : base(chipSelect, OwnStateAt + ownStateLength) { }

    /// <summary>The clock modes 0 and 3, words of 8 bits.</summary>
    protected internal override bool Understands(SpiSettings settings) =>
        settings.BitsPerWord == 8 && ((settings.Modes & SpiModes.ClockPhase) != 0) == ((settings.Modes & SpiModes.ClockPolarity) != 0);

    /// <summary>What follows an opcode; an opcode that the chip does not know is a command of its own without effect.</summary>
    protected abstract SpiCommand CommandOf(byte opcode);

    /// <summary>A byte of data: <paramref name="index"/> counts from 0 behind the address. Returns what the chip sends meanwhile.</summary>
    protected abstract byte Data(byte opcode, uint address, int index, byte sent);

    /// <summary>A command is complete.</summary>
    /// <param name="opcode">Its opcode.</param>
    /// <param name="address">Its address.</param>
    /// <param name="moved">Bytes of data that there were.</param>
    protected abstract void Finish(byte opcode, uint address, int moved);

    /// <inheritdoc/>
    protected internal sealed override void Exchange(SpiSettings settings, ReadOnlySpan<byte> sent, Span<byte> received)
    {
        Load();
        // A transfer that only reads cannot begin a command.
        bool idles = sent.IsEmpty && !_isBegun;
        int length = Math.Max(sent.Length, received.Length);
        for (int i = 0; i < length; i++)
        {
            byte answer = idles ? (byte)0xFF : Clock(sent.IsEmpty ? (byte)0 : sent[i]);
            if (!received.IsEmpty) { received[i] = answer; }
        }
        if (_isBegun && _lead == _command.Lead && (_moved > 0 || !_command.HasData)) { End(); }
        Save();
    }

    /// <inheritdoc/>
    protected internal sealed override void Deselect()
    {
        Load();
        _isBegun = false;
        Save();
    }

    private byte Clock(byte sent)
    {
        if (!_isBegun)
        {
            (_isBegun, _opcode, _lead, _address, _moved) = (true, sent, 0, 0, 0);
            _command = CommandOf(sent);
            return 0xFF;
        }
        if (_lead < _command.Lead)
        {
            if (_lead < _command.AddressBytes) { _address = (_address << 8) | sent; }
            _lead++;
            return 0xFF;
        }
        return _command.HasData ? Data(_opcode, _address, _moved++, sent) : (byte)0xFF;
    }

    private void End()
    {
        _isBegun = false;
        Finish(_opcode, _address, _moved);
    }

    private void Load()
    {
        ReadOnlySpan<byte> state = State[..OwnStateAt];
        (_isBegun, _opcode, _lead, _moved) = (state[IsBegunAt] != 0, state[OpcodeAt], state[LeadAt], 0);
        _address = BinaryPrimitives.ReadUInt32LittleEndian(state[AddressAt..]);
        _command = CommandOf(_opcode);
    }

    private void Save()
    {
        Span<byte> state = stackalloc byte[OwnStateAt];
        state.Clear();
        (state[IsBegunAt], state[OpcodeAt], state[LeadAt]) = ((byte)(_isBegun ? 1 : 0), _opcode, (byte)_lead);
        BinaryPrimitives.WriteUInt32LittleEndian(state[AddressAt..], _address);
        if (!state.SequenceEqual(State[..OwnStateAt])) { Store(0, state); }
    }
}
