using System.Buffers.Binary;

namespace Stratos.Fabric.Devices.I2c.Simulation;

/// <summary>
/// The temperature sensor LM75: a temperature in halves of a degree that a script sets, the limits with hysteresis, and
/// the over-temperature output in comparator and interrupt mode.
/// </summary>
public sealed class Lm75 : I2cChip
{
    private const int PointerAt = 0;
    private const int ConfigurationAt = 1;
    private const int OutputAt = 2;
    private const int TemperatureAt = 4;
    private const int HysteresisAt = 6;
    private const int LimitAt = 8;
    private const int StateBytes = 16;
    private const int InterruptMode = 2;

    private readonly byte[] _image = new byte[StateBytes];
    private bool _isBegun;
    private int _position;

    /// <summary>Makes a sensor at 25 degrees.</summary>
    public Lm75(I2cAddress address) : base(address, StateBytes) { }

    /// <inheritdoc/>
    public override string Model => "lm75";

    /// <summary>The temperature in degrees Celsius, -55 to 125; kept in steps of 0.5.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is out of that range.</exception>
    public double Temperature
    {
        get => Look(TemperatureAt);
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, -55);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 125);
            Exclusively(() =>
            {
                State.CopyTo(_image);
                WriteDegrees(_image, TemperatureAt, value);
                JudgeOutput();
                Store(0, _image);
            });
        }
    }

    /// <summary>Whether the over-temperature output is active.</summary>
    public bool IsOverTemperature
    {
        get
        {
            bool active = false;
            Exclusively(() => active = State[OutputAt] != 0);
            return active;
        }
    }

    /// <summary>The limit in degrees at which the output becomes active, as the guest has set it.</summary>
    public double Limit => Look(LimitAt);

    /// <summary>The temperature in degrees at which the output becomes inactive again.</summary>
    public double Hysteresis => Look(HysteresisAt);

    /// <inheritdoc/>
    protected internal override void PowerOn(Span<byte> state)
    {
        WriteDegrees(state, TemperatureAt, 25);
        WriteDegrees(state, HysteresisAt, 75);
        WriteDegrees(state, LimitAt, 80);
    }

    /// <inheritdoc/>
    protected internal override bool Start(int index, bool isRead)
    {
        if (!_isBegun) { State.CopyTo(_image); }
        _isBegun = true;
        _position = isRead ? 0 : -1;
        // Any read ends the output of interrupt mode.
        if (isRead && (_image[ConfigurationAt] & InterruptMode) != 0) { _image[OutputAt] = 0; }
        return true;
    }

    /// <inheritdoc/>
    protected internal override bool Write(byte value)
    {
        if (_position < 0) { _image[PointerAt] = (byte)(value & 3); }
        else if (_image[PointerAt] == 1) { _image[ConfigurationAt] = (byte)(value & 0x1F); }
        else if (_image[PointerAt] >= 2)
        {
            int low = _position % 2;
            _image[RegisterAt() + low] = low == 0 ? value : (byte)(value & 0x80);
        }
        _position++;
        return true;
    }

    /// <inheritdoc/>
    protected internal override byte Read()
    {
        int low = _position++ % 2;
        return _image[PointerAt] == 1 ? _image[ConfigurationAt] : _image[RegisterAt() + low];
    }

    /// <inheritdoc/>
    protected internal override void Stop()
    {
        if (_position > 0 && (_image[ConfigurationAt] & InterruptMode) == 0) { JudgeOutput(); }
        Store(0, _image);
        _isBegun = false;
    }

    private static void WriteDegrees(Span<byte> state, int at, double degrees) =>
        BinaryPrimitives.WriteInt16BigEndian(state[at..], (short)((int)Math.Round(degrees * 2) << 7));

    private int RegisterAt() => _image[PointerAt] switch { 0 => TemperatureAt, 2 => HysteresisAt, _ => LimitAt };

    private void JudgeOutput()
    {
        short temperature = BinaryPrimitives.ReadInt16BigEndian(_image.AsSpan(TemperatureAt));
        if (temperature >= BinaryPrimitives.ReadInt16BigEndian(_image.AsSpan(LimitAt))) { _image[OutputAt] = 1; }
        else if (temperature < BinaryPrimitives.ReadInt16BigEndian(_image.AsSpan(HysteresisAt)) && (_image[ConfigurationAt] & InterruptMode) == 0) { _image[OutputAt] = 0; }
    }

    private double Look(int at)
    {
        double degrees = 0;
        Exclusively(() => degrees = (BinaryPrimitives.ReadInt16BigEndian(State[at..]) >> 7) / 2.0);
        return degrees;
    }
}
