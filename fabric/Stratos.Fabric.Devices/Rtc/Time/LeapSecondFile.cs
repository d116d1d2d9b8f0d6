using System.Globalization;

namespace Stratos.Fabric.Devices.Rtc.Time;

/// <summary>Reads leap seconds from the file that the Earth's rotation service publishes, on Debian <c>/usr/share/zoneinfo/leap-seconds.list</c>.</summary>
public static class LeapSecondFile
{
    /// <summary>Seconds from the epoch of NTP, 1900, which the file counts from, to that of Unix.</summary>
    private const long NtpToUnix = 2_208_988_800;

    /// <summary>Reads the file's lines.</summary>
    /// <param name="lines">Comments begin with <c>#</c>; other lines have NTP seconds and TAI minus UTC from then on.</param>
    /// <returns>TAI minus UTC before the first leap second, and the leap seconds, ascending.</returns>
    /// <exception cref="ArgumentException">A line cannot be read, or does not follow from the one before; the message has its text.</exception>
    public static (int InitialOffset, LeapSecond[] Leaps) Parse(IEnumerable<string> lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        int? initial = null;
        int offset = 0;
        List<LeapSecond> leaps = [];
        foreach (string line in lines)
        {
            string[] words = line.Split('#')[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0) { continue; }
            if (words.Length < 2 || !TryNumber(words[0], out long seconds) || !TryNumber(words[1], out long next)) { throw Misread(line, "it has no two numbers"); }
            if (initial is not null)
            {
                long midnight = seconds - NtpToUnix;
                if (Math.Abs(next - offset) != 1) { throw Misread(line, $"TAI minus UTC goes from {offset} to {next}"); }
                if (leaps.Count > 0 && midnight <= leaps[^1].Midnight) { throw Misread(line, "it is not later than the line before"); }
                leaps.Add(new(midnight, next > offset));
            }
            initial ??= (int)next;
            offset = (int)next;
        }
        return (initial ?? throw new ArgumentException("There is no leap second in it."), [.. leaps]);
    }

    private static bool TryNumber(string word, out long number) => long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static ArgumentException Misread(string line, string why) => new($"The line '{line}' is not one of a leap second file: {why}.");
}
