using System.Globalization;
using Stratos.Fabric.Linux;
using Stratos.Transports.Keeper.Session;
using Stratos.Transports.Keeper.Shell;

namespace Stratos.Keeper;

/// <summary>One line an event, with the monotonic clock's time in seconds, to standard error.</summary>
/// <remarks>A line that cannot be written, such as to a full disk, is lost: sessions matter more than what is said of them.</remarks>
internal sealed class StandardErrorLog : IKeeperLog
{
    public void Write(string device, in KeeperNote note, int processId) => Write(device, NoteText.Of(note, processId));

    public void Write(string subject, string text)
    {
        var now = MonotonicClock.Nanoseconds;
        WriteLine(string.Create(CultureInfo.InvariantCulture, $"[{now / 1_000_000_000,6}.{now / 1000 % 1_000_000:000000}] {subject}: {text}"));
    }

    public static void WriteLine(string line)
    {
        try
        {
            Console.Error.WriteLine(line);
        }
        catch (IOException)
        {
            // There is nowhere left to say so.
        }
    }
}
