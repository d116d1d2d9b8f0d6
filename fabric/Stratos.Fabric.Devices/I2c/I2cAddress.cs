using System.Globalization;

namespace Stratos.Fabric.Devices.I2c;

/// <summary>The address of something on an I2C bus.</summary>
/// <param name="Value">7 bits (0 to 0x7F) or 10 bits (0 to 0x3FF).</param>
/// <param name="IsTenBit">Whether it is one of the 10-bit addresses, which are others than the 7-bit ones of the same value.</param>
public readonly record struct I2cAddress(ushort Value, bool IsTenBit = false) : IComparable<I2cAddress>
{
    private const int TenBitMark = 0b1111_0000;
    private const int TenBitMarkMask = 0b1111_1001;
    private const string TenBitSuffix = "/10";

    /// <summary>Reads the <c>addr</c> field of a request (virtio 1.4, section 5.16.6.1).</summary>
    /// <returns>False if the field has neither of the two forms.</returns>
    public static bool TryDecode(ushort field, out I2cAddress address)
    {
        int low = field & 0xFF;
        int high = field >> 8;
        if ((low & TenBitMarkMask) == TenBitMark)
        {
            address = new((ushort)(((low & 0b110) << 7) | high), IsTenBit: true);
            return true;
        }
        address = new((ushort)(low >> 1));
        return high == 0 && (low & 1) == 0;
    }

    /// <summary>The <c>addr</c> field of a request.</summary>
    public ushort Encode() => IsTenBit
        ? (ushort)(((Value & 0xFF) << 8) | TenBitMark | ((Value >> 7) & 0b110))
        : (ushort)(Value << 1);

    /// <summary>Reads an address as people write it: <c>0x50</c>, or <c>0x123/10</c> for a 10-bit one.</summary>
    /// <exception cref="ArgumentException">It is none; the message says what is expected.</exception>
    public static I2cAddress Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        bool tenBit = text.EndsWith(TenBitSuffix, StringComparison.Ordinal);
        string digits = tenBit ? text[..^TenBitSuffix.Length] : text;
        bool isHex = digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        bool isNumber = ushort.TryParse(isHex ? digits[2..] : digits, isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out ushort value);
        return isNumber && value <= (tenBit ? 0x3FF : 0x7F)
            ? new(value, tenBit)
            : throw new ArgumentException($"'{text}' is not an I2C address. Write 0x00 to 0x7f, or 0x000/10 to 0x3ff/10 for one of 10 bits.");
    }

    /// <inheritdoc/>
    public int CompareTo(I2cAddress other) => (IsTenBit, Value).CompareTo((other.IsTenBit, other.Value));

    /// <summary>The address as <see cref="Parse"/> reads it.</summary>
    public override string ToString() => IsTenBit ? $"0x{Value:x3}{TenBitSuffix}" : $"0x{Value:x2}";

    /// <summary>Orders addresses: 7-bit ones first.</summary>
    public static bool operator <(I2cAddress left, I2cAddress right) => left.CompareTo(right) < 0;

    /// <summary>Orders addresses: 7-bit ones first.</summary>
    public static bool operator >(I2cAddress left, I2cAddress right) => left.CompareTo(right) > 0;

    /// <summary>Orders addresses: 7-bit ones first.</summary>
    public static bool operator <=(I2cAddress left, I2cAddress right) => left.CompareTo(right) <= 0;

    /// <summary>Orders addresses: 7-bit ones first.</summary>
    public static bool operator >=(I2cAddress left, I2cAddress right) => left.CompareTo(right) >= 0;
}
