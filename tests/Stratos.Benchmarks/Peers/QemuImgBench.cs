using System.Globalization;
using System.Text.RegularExpressions;

namespace Stratos.Benchmarks.Peers;

/// <summary>The frontend of the comparison: <c>qemu-img bench</c> with QEMU's virtio-blk-vhost-user driver.</summary>
internal static partial class QemuImgBench
{
    /// <summary>Runs requests of 4 KiB and returns how many there were a second.</summary>
    public static double Run(string qemuImg, string socket, int depth, int count, bool writes)
    {
        string[] arguments =
        [
            "bench", "-c", count.ToString(CultureInfo.InvariantCulture), "-d", depth.ToString(CultureInfo.InvariantCulture), "-s", "4096", "-t", "none",
            .. writes ? ["-w"] : Array.Empty<string>(),
            "--image-opts", $"driver=virtio-blk-vhost-user,path={socket},cache.direct=on",
        ];
        using var process = new MeasuredProcess(qemuImg, arguments);
        var output = process.Output();
        var match = Seconds().Match(output);
        return match.Success
            ? count / double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)
            : throw new InvalidOperationException($"{process.Command} wrote no time: {output}");
    }

    /// <summary>How many requests take about so long.</summary>
    public static int CountFor(string qemuImg, string socket, int depth, bool writes, TimeSpan duration)
    {
        var count = 2000;
        while (true)
        {
            var rate = Run(qemuImg, socket, depth, count, writes);
            var wanted = (int)Math.Clamp(rate * duration.TotalSeconds, 2000, 20_000_000);
            if (wanted < count * 8)
                return wanted;
            count = Math.Min(wanted, count * 32);
        }
    }

    [GeneratedRegex("Run completed in ([0-9.]+) seconds")]
    private static partial Regex Seconds();
}
