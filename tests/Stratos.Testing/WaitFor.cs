using System.Diagnostics;

namespace Stratos.Testing;

/// <summary>Waits for something to become true, in place of sleeping for as long as it might take.</summary>
public static class WaitFor
{
    /// <summary>How long is waited when nothing else is said. Long, as a busy machine may take a while; a passing test never waits for it.</summary>
    public static TimeSpan DefaultDeadline { get; } = TimeSpan.FromSeconds(20);

    /// <summary>Waits until a condition holds.</summary>
    /// <param name="condition">The condition; asked again and again on the caller's thread.</param>
    /// <param name="what">What is waited for, for the message.</param>
    /// <param name="deadline">How long; null for <see cref="DefaultDeadline"/>.</param>
    /// <exception cref="TimeoutException">It did not hold in time.</exception>
    public static void Condition(Func<bool> condition, string what, TimeSpan? deadline = null)
    {
        ArgumentNullException.ThrowIfNull(condition);
        TimeSpan limit = deadline ?? DefaultDeadline;
        long start = Stopwatch.GetTimestamp();
        SpinWait spin = default;
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(start) > limit) { throw new TimeoutException($"Still waiting for {what} after {limit.TotalSeconds:0.#} s."); }
            spin.SpinOnce();
        }
    }

    /// <summary>Waits until there is a value, and returns it.</summary>
    /// <param name="value">Answers null until there is one.</param>
    /// <param name="what">What is waited for, for the message.</param>
    /// <param name="deadline">How long; null for <see cref="DefaultDeadline"/>.</param>
    /// <exception cref="TimeoutException">There was none in time.</exception>
    public static T Value<T>(Func<T?> value, string what, TimeSpan? deadline = null) where T : class
    {
        T? found = null;
        Condition(() => (found = value()) is not null, what, deadline);
        return found!;
    }
}
