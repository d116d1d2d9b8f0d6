using System.Text;
using System.Text.Json;
using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Devices.Watchdog.Host;

/// <summary>Resets a virtual machine through QEMU's monitor (QMP), as <c>-qmp unix:PATH,server=on,wait=off</c> offers it.</summary>
/// <param name="path">The monitor's Unix socket. It is connected for each reset anew, so that QEMU may come and go, and others may use it between.</param>
/// <param name="patience">How long a reset may take.</param>
public sealed class QemuResetLine(string path, TimeSpan patience) : IResetLine
{
    private const int LongestLine = 1 << 16;

    /// <summary>A line with the usual patience of five seconds.</summary>
    public QemuResetLine(string path)
        : this(path, TimeSpan.FromSeconds(5)) { }

    /// <inheritdoc/>
    public string? TryReset(WatchdogCause cause)
    {
        try
        {
            using UnixStream monitor = UnixStream.Connect(path);
            monitor.IsNonBlocking = true;
            long deadline = MonotonicClock.Nanoseconds + (long)patience.TotalNanoseconds;
            StringBuilder rest = new();
            ReadLine(monitor, rest, deadline);
            return Execute(monitor, "qmp_capabilities", rest, deadline) ?? Execute(monitor, "system_reset", rest, deadline);
        }
        catch (Exception failure) when (failure is LinuxException or TimeoutException or JsonException or EndOfStreamException)
        {
            return $"{path}: {failure.Message}";
        }
    }

    /// <inheritdoc/>
    public void Dispose() { }

    private string? Execute(UnixStream monitor, string command, StringBuilder rest, long deadline)
    {
        byte[] line = Encoding.UTF8.GetBytes($"{{\"execute\":\"{command}\"}}\n");
        // A command is far shorter than a socket's buffer: it goes out as a whole or the peer is gone.
        IoResult sent = monitor.Send(line);
        if (sent.IsClosed) { throw Closed(); }
        sent.OrThrow("send");
        while (true)
        {
            using JsonDocument answer = JsonDocument.Parse(ReadLine(monitor, rest, deadline));
            if (answer.RootElement.TryGetProperty("return", out _)) { return null; }
            if (answer.RootElement.TryGetProperty("error", out JsonElement error)) { return $"{path} refused {command}: {error}"; }
        }
    }

    private static string ReadLine(UnixStream monitor, StringBuilder rest, long deadline)
    {
        byte[] buffer = new byte[4096];
        while (true)
        {
            string text = rest.ToString();
            int end = text.IndexOf('\n', StringComparison.Ordinal);
            if (end >= 0)
            {
                rest.Remove(0, end + 1);
                return text[..end];
            }
            if (rest.Length > LongestLine) { throw new JsonException($"a line of more than {LongestLine} characters came."); }
            TimeSpan left = TimeSpan.FromMicroseconds(Math.Max(0, deadline - MonotonicClock.Nanoseconds) / 1000);
            if (Poll.Wait(monitor.Descriptor, PollEvents.Readable, left) == PollEvents.None) { throw new TimeoutException("QEMU's monitor did not answer in time. Is another client connected to it?"); }
            switch (monitor.Receive(buffer, out int count))
            {
                case ReceiveStatus.Received: rest.Append(Encoding.UTF8.GetString(buffer, 0, count)); break;
                case ReceiveStatus.WouldBlock: break;
                default: throw Closed();
            }
        }
    }

    private static EndOfStreamException Closed() => new("QEMU closed its monitor.");
}
