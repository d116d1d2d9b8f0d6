using System.Diagnostics;

namespace Stratos.Transports.VhostUser.Tests.Backend;

/// <summary>Waits for a condition, with a deadline.</summary>
internal static class Wait
{
    public static void Until(Func<bool> condition, string what)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), $"waited in vain until {what}");
            Thread.Yield();
        }
    }
}
