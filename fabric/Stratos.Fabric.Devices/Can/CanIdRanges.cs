using System.Globalization;

namespace Stratos.Fabric.Devices.Can;

/// <summary>
/// A set of CAN identifiers, as access control: which frames may pass. Identifiers are written in hexadecimal as candump
/// does, three digits for 11 bits and eight for 29; ranges with a dash, several joined by a plus sign.
/// </summary>
public sealed class CanIdRanges
{
    private readonly (uint First, uint Last, bool Extended)[] _ranges;

    private CanIdRanges((uint First, uint Last, bool Extended)[] ranges, string text) => (_ranges, Text) = (ranges, text);

    /// <summary>All identifiers.</summary>
    public static CanIdRanges Everything { get; } = new([(0, CanFrame.MaxStandardId, false), (0, CanFrame.MaxExtendedId, true)], "000-7FF+00000000-1FFFFFFF");

    /// <summary>No identifier.</summary>
    public static CanIdRanges Nothing { get; } = new([], "none");

    /// <summary>As <see cref="Parse"/> reads it.</summary>
    public string Text { get; }

    /// <summary>Reads a text such as <c>100-1FF+7DF+18DA0000-18DAFFFF</c>, or <c>none</c>.</summary>
    /// <param name="option">The option that it belongs to, for messages.</param>
    /// <param name="text">The text.</param>
    /// <exception cref="ArgumentException">It is not of that form; the message names the option and the remedy.</exception>
    public static CanIdRanges Parse(string option, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text == "none" ? Nothing : new([.. text.Split('+').Select(range => ParseRange(option, range))], text);
    }

    /// <summary>Whether a frame's identifier is in the set.</summary>
    public bool Contains(in CanFrame frame)
    {
        foreach ((uint first, uint last, bool extended) in _ranges)
        {
            if (extended == frame.IsExtended && frame.Id >= first && frame.Id <= last) { return true; }
        }
        return false;
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static (uint First, uint Last, bool Extended) ParseRange(string option, string text)
    {
        string[] ends = text.Split('-');
        bool extended = ends[0].Length == 8;
        uint largest = extended ? CanFrame.MaxExtendedId : CanFrame.MaxStandardId;
        if (ends.Length <= 2 && ends.All(end => end.Length == (extended ? 8 : 3))
            && TryParse(ends[0], out uint first) && TryParse(ends[^1], out uint last) && first <= last && last <= largest)
        {
            return (first, last, extended);
        }
        throw new ArgumentException(
            $"{option}: '{text}' is not a range of CAN identifiers. Write hexadecimal digits, three for 11 bits or eight for 29, such as 100-1FF+18DA0000-18DAFFFF, or none.");
    }

    private static bool TryParse(string digits, out uint id) =>
        uint.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out id);
}
