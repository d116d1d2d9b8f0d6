namespace Stratos.Fabric.Devices.Gpio;

/// <summary>
/// Edges between two counts of a line's transitions. Transition number n, from 1, is a rising edge if n is odd: the level
/// after n transitions is n's lowest bit.
/// </summary>
internal static class LineEdges
{
    /// <summary>How many edges of a type lie behind <paramref name="from"/>, up to and including <paramref name="to"/>.</summary>
    public static ulong Count(GpioInterruptType type, ulong from, ulong to) => type switch
    {
        _ when to <= from => 0,
        GpioInterruptType.RisingEdge => Rises(to) - Rises(from),
        GpioInterruptType.FallingEdge => Falls(to) - Falls(from),
        GpioInterruptType.BothEdges => to - from,
        _ => 0,
    };

    /// <summary>Takes the next edge of a type, if there is one.</summary>
    /// <param name="type">The type.</param>
    /// <param name="seen">Transitions that were dealt with before.</param>
    /// <param name="now">Transitions by now.</param>
    /// <param name="latch">How many edges may wait, at least 1; older ones are merged into the one that is taken.</param>
    /// <param name="after">Transitions that are dealt with when that edge is.</param>
    /// <param name="merged">How many edges were merged into it.</param>
    public static bool TryTake(GpioInterruptType type, ulong seen, ulong now, ulong latch, out ulong after, out ulong merged)
    {
        ulong waiting = Count(type, seen, now);
        (after, merged) = (seen, waiting > latch ? waiting - latch : 0);
        if (waiting == 0) { return false; }
        ulong taken = merged + 1;
        after = type switch
        {
            GpioInterruptType.RisingEdge => (2 * (Rises(seen) + taken)) - 1,
            GpioInterruptType.FallingEdge => 2 * (Falls(seen) + taken),
            _ => seen + taken,
        };
        return true;
    }

    /// <summary>
    /// Puts a count of one run of counting into terms of another, of which only the present is known: a level that is not
    /// as it was left has changed at least once.
    /// </summary>
    /// <param name="seen">The count in terms of the run that is over.</param>
    /// <param name="now">Transitions in terms of the new one, at least 2.</param>
    /// <param name="owed">Whether the run that is over still owes an edge, of whatever type, behind <paramref name="seen"/>.</param>
    public static ulong Carry(ulong seen, ulong now, bool owed) =>
        ((seen ^ now) & 1) != 0 ? now - 1 : owed ? now - 2 : now;

    private static ulong Rises(ulong transitions) => (transitions + 1) / 2;

    private static ulong Falls(ulong transitions) => transitions / 2;
}
