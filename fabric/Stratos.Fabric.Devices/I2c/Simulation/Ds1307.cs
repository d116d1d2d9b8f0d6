using System.Buffers.Binary;

namespace Stratos.Fabric.Devices.I2c.Simulation;

/// <summary>
/// The clock DS1307: date and time in BCD, in 24 or 12 hours, with its clock-halt bit, and 56 bytes of battery-backed memory. It runs
/// with the host's clock at the distance at which it was set.
/// </summary>
public sealed class Ds1307 : I2cChip
{
    private const int Registers = 64;
    private const int TimeRegisters = 7;
    private const int OffsetAt = 0;
    private const int FrozenAt = 8;
    private const int HaltedAt = 16;
    private const int WeekdayAt = 17;
    private const int PointerAt = 18;
    private const int TwelveHoursAt = 19;
    private const int RegistersAt = 24;
    private const int StateBytes = RegistersAt + Registers;

    private readonly TimeProvider _time;
    private readonly byte[] _image = new byte[StateBytes];
    private bool _isBegun;
    private bool _expectsPointer;
    private bool _isSet;

    /// <summary>Makes a clock that shows the host's time until it is set.</summary>
    /// <param name="address">Its address; the chip's own is 0x68.</param>
    /// <param name="time">The host's clock; null for the system's.</param>
    public Ds1307(I2cAddress address, TimeProvider? time = null) : base(address, StateBytes) => _time = time ?? TimeProvider.System;

    /// <inheritdoc/>
    public override string Model => "ds1307";

    /// <summary>What the clock shows, taken as UTC.</summary>
    public DateTime Now
    {
        get
        {
            DateTime now = default;
            Exclusively(() => now = TimeOf(State));
            return now;
        }
    }

    /// <summary>Whether a driver has stopped the clock by its clock-halt bit.</summary>
    public bool IsHalted
    {
        get
        {
            bool halted = false;
            Exclusively(() => halted = State[HaltedAt] != 0);
            return halted;
        }
    }

    private Span<byte> Register => _image.AsSpan(RegistersAt, Registers);

    /// <inheritdoc/>
    protected internal override bool Start(int index, bool isRead)
    {
        // The time is taken over at START, so that a read of several registers shows one moment.
        if (!_isBegun)
        {
            State.CopyTo(_image);
            ShowTime(TimeOf(_image));
        }
        (_isBegun, _expectsPointer) = (true, !isRead);
        return true;
    }

    /// <inheritdoc/>
    protected internal override bool Write(byte value)
    {
        if (_expectsPointer)
        {
            _image[PointerAt] = (byte)(value % Registers);
            _expectsPointer = false;
            return true;
        }
        _isSet |= _image[PointerAt] < TimeRegisters;
        Register[Next()] = value;
        return true;
    }

    /// <inheritdoc/>
    protected internal override byte Read() => Register[Next()];

    /// <inheritdoc/>
    protected internal override void Stop()
    {
        if (_isSet) { TakeTime(); }
        Store(0, _image);
        (_isBegun, _isSet) = (false, false);
    }

    private static int FromBcd(int value) => ((value >> 4) * 10) + (value & 15);

    private static byte ToBcd(int value) => (byte)(((value / 10) << 4) | (value % 10));

    private int Next()
    {
        int pointer = _image[PointerAt];
        _image[PointerAt] = (byte)((pointer + 1) % Registers);
        return pointer;
    }

    private DateTime TimeOf(ReadOnlySpan<byte> state)
    {
        long ticks = state[HaltedAt] != 0
            ? BinaryPrimitives.ReadInt64LittleEndian(state[FrozenAt..])
            : _time.GetUtcNow().Ticks + BinaryPrimitives.ReadInt64LittleEndian(state[OffsetAt..]);
        return new DateTime(ticks, DateTimeKind.Utc);
    }

    private void ShowTime(DateTime now)
    {
        Span<byte> register = Register;
        bool twelve = _image[TwelveHoursAt] != 0;
        register[0] = (byte)(ToBcd(now.Second) | (_image[HaltedAt] != 0 ? 0x80 : 0));
        register[1] = ToBcd(now.Minute);
        register[2] = twelve ? (byte)(0x40 | (now.Hour >= 12 ? 0x20 : 0) | ToBcd(((now.Hour + 11) % 12) + 1)) : ToBcd(now.Hour);
        register[3] = (byte)((((int)now.DayOfWeek + _image[WeekdayAt]) % 7) + 1);
        register[4] = ToBcd(now.Day);
        register[5] = ToBcd(now.Month);
        register[6] = ToBcd(now.Year % 100);
    }

    /// <summary>The registers were set: the clock goes on from there. A date that does not exist is taken as the nearest before it.</summary>
    private void TakeTime()
    {
        Span<byte> register = Register;
        int hours = register[2];
        bool twelve = (hours & 0x40) != 0;
        int hour = twelve ? (FromBcd(hours & 0x1F) % 12) + ((hours & 0x20) != 0 ? 12 : 0) : FromBcd(hours & 0x3F);
        int year = 2000 + Math.Min(FromBcd(register[6]), 99);
        int month = Math.Clamp(FromBcd(register[5] & 0x1F), 1, 12);
        int day = Math.Clamp(FromBcd(register[4] & 0x3F), 1, DateTime.DaysInMonth(year, month));
        DateTime time = new(year, month, day, Math.Min(hour, 23), Math.Min(FromBcd(register[1] & 0x7F), 59), Math.Min(FromBcd(register[0] & 0x7F), 59), DateTimeKind.Utc);
        _image[TwelveHoursAt] = (byte)(twelve ? 1 : 0);
        _image[WeekdayAt] = (byte)(((register[3] & 7) - 1 - (int)time.DayOfWeek + 14) % 7);
        _image[HaltedAt] = (byte)(register[0] >> 7);
        BinaryPrimitives.WriteInt64LittleEndian(_image.AsSpan(FrozenAt), time.Ticks);
        BinaryPrimitives.WriteInt64LittleEndian(_image.AsSpan(OffsetAt), time.Ticks - _time.GetUtcNow().Ticks);
    }
}
