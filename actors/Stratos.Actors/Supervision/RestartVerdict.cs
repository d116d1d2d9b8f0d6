namespace Stratos.Actors.Supervision;

/// <summary>What a failure leads to.</summary>
public abstract record RestartVerdict
{
    /// <summary>Start it again.</summary>
    /// <param name="Number">How many restarts count now, this one included.</param>
    /// <param name="After">The back-off.</param>
    public sealed record Restart(int Number, TimeSpan After) : RestartVerdict;

    /// <summary>It failed too often: the next larger thing must be started again.</summary>
    /// <param name="Restarts">How many restarts had been tried within the window.</param>
    public sealed record GiveUp(int Restarts) : RestartVerdict;
}
