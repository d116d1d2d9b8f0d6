using System.Buffers.Binary;
using Stratos.Fabric.Devices.Simulation;

namespace Stratos.Fabric.Devices.I2c.Simulation;

/// <summary>
/// Faults that a simulated bus shows: stuck, disturbed or absent chips. They are on the board, so a test or an operator
/// injects them from a process of its own while another one serves the bus.
/// </summary>
public sealed class I2cFaultInjector
{
    internal const int Length = Entries * EntryLength;

    private const int Entries = 16;
    private const int EntryLength = 16;
    private const int TenBit = 1;
    private const int AnyAddress = 2;
    private const int Forever = -1;

    private readonly BoardTransaction _board;
    private readonly int _at;
    private readonly Func<Action, bool> _exclusively;

    internal I2cFaultInjector(BoardTransaction board, int at, Func<Action, bool> exclusively) => (_board, _at, _exclusively) = (board, at, exclusively);

    /// <summary>Injects a fault. Of several that fit a message the one that was injected into the lowest free place acts.</summary>
    /// <exception cref="InvalidOperationException">16 faults are active already.</exception>
    /// <exception cref="TimeoutException">The bus was busy for a second.</exception>
    public void Inject(I2cInjection injection)
    {
        ArgumentNullException.ThrowIfNull(injection);
        ArgumentOutOfRangeException.ThrowIfNegative(injection.AtByte);
        Span<byte> entry = stackalloc byte[EntryLength];
        entry.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(entry, injection.Address?.Value ?? 0);
        entry[2] = (byte)((injection.Address?.IsTenBit == true ? TenBit : 0) | (injection.Address is null ? AnyAddress : 0));
        entry[3] = (byte)injection.Fault;
        BinaryPrimitives.WriteInt32LittleEndian(entry[4..], injection.AtByte);
        BinaryPrimitives.WriteInt32LittleEndian(entry[8..], injection.Times ?? Forever);
        byte[] bytes = entry.ToArray();
        Exclusively(() =>
        {
            for (int i = 0; i < Entries; i++)
            {
                if (Remaining(i) != 0) { continue; }
                _board.Write(_at + (i * EntryLength), bytes);
                return;
            }
            throw new InvalidOperationException($"{Entries} faults are active already; clear them first.");
        });
    }

    /// <summary>Ends all faults.</summary>
    /// <exception cref="TimeoutException">The bus was busy for a second.</exception>
    public void Clear() => Exclusively(() => _board.Write(_at, new byte[Length]));

    /// <summary>The fault for a message, counted as shown, and at which byte. With the board taken.</summary>
    internal (I2cFault Fault, int AtByte) Take(I2cAddress address)
    {
        for (int i = 0; i < Entries; i++)
        {
            int remaining = Remaining(i);
            if (remaining == 0) { continue; }
            ReadOnlySpan<byte> entry = _board.Read(_at + (i * EntryLength), EntryLength);
            bool isAny = (entry[2] & AnyAddress) != 0;
            I2cAddress wanted = new(BinaryPrimitives.ReadUInt16LittleEndian(entry), (entry[2] & TenBit) != 0);
            if (!isAny && wanted != address) { continue; }
            (I2cFault, int) found = ((I2cFault)entry[3], BinaryPrimitives.ReadInt32LittleEndian(entry[4..]));
            if (remaining != Forever) { SetRemaining(i, remaining - 1); }
            return found;
        }
        return (I2cFault.None, 0);
    }

    private int Remaining(int index) => BinaryPrimitives.ReadInt32LittleEndian(_board.Read(_at + (index * EntryLength) + 8, sizeof(int)));

    private void SetRemaining(int index, int remaining)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, remaining);
        _board.Write(_at + (index * EntryLength) + 8, bytes);
    }

    private void Exclusively(Action action)
    {
        if (!_exclusively(action)) { throw new TimeoutException("The I2C bus was busy for a second; look for a process that is stopped."); }
    }
}
