using System.Diagnostics;
using Stratos.Fabric.Linux;

namespace Stratos.Benchmarks.Peers;

/// <summary>
/// How far apart two processors are now: the time that a cache line takes there and back. On virtual machines it changes
/// within minutes, and ring performance with it, so every sample carries it.
/// </summary>
internal static class CoreDistance
{
    private const int Rounds = 20_000;
    private const int LineLongs = 16;

    /// <summary>Nanoseconds there and back between processors 0 and 1; NaN where there is only one.</summary>
    public static double Probe()
    {
        if (Environment.ProcessorCount < 2)
            return double.NaN;
        var line = new long[3 * LineLongs];
        var partner = new Thread(() => Answer(ref line[LineLongs])) { IsBackground = true };
        partner.Start();
        double best = double.MaxValue;
        var prober = new Thread(() => best = Ask(ref line[LineLongs]));
        prober.Start();
        prober.Join();
        partner.Join();
        return best;
    }

    private static double Ask(ref long line)
    {
        _ = CurrentThread.SetAffinity(0);
        var begin = 0L;
        for (var round = 1; round <= Rounds; round++)
        {
            if (round == Rounds / 2)
                begin = Stopwatch.GetTimestamp();
            Volatile.Write(ref line, round);
            while (Volatile.Read(ref line) != -round)
            {
            }
        }
        return Stopwatch.GetElapsedTime(begin).TotalNanoseconds / (Rounds / 2);
    }

    private static void Answer(ref long line)
    {
        _ = CurrentThread.SetAffinity(1);
        for (var round = 1; round <= Rounds; round++)
        {
            while (Volatile.Read(ref line) != round)
            {
            }
            Volatile.Write(ref line, -round);
        }
    }
}
