using System.Diagnostics;

namespace Stratos.Transports.VhostUser.Channel;

/// <summary>Time that only grows, for waiting limits.</summary>
internal static class MonotonicTime
{
    /// <summary>Since some fixed moment.</summary>
    internal static TimeSpan Now => Stopwatch.GetElapsedTime(0);
}
