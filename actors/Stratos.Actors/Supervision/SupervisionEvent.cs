namespace Stratos.Actors.Supervision;

/// <summary>One step of supervision and its cause.</summary>
/// <param name="At">When, by the wall clock.</param>
/// <param name="Step">What was done.</param>
/// <param name="Unit">To what: <c>disk0</c>, <c>disk0/requestq</c>, or the session's name.</param>
/// <param name="Number">Which restart this is within the policy's window, from 1; 0 where it is not one.</param>
/// <param name="After">The back-off before it; zero where there is none.</param>
/// <param name="Cause">Why, for a reader.</param>
public sealed record SupervisionEvent(DateTimeOffset At, SupervisionStep Step, string Unit, int Number, TimeSpan After, string Cause)
{
    /// <summary>The event as one line of a log.</summary>
    public override string ToString() =>
        $"{Step} {Unit}" +
        (Number > 0 ? $", restart {Number} in {After.TotalMilliseconds:0} ms" : "") +
        (Cause.Length > 0 ? $": {Cause}" : "");
}
