namespace Stratos.Transports.Keeper.Grants;

/// <summary>
/// Decides which worker is granted a session that nobody holds. A pure function: it is asked again whenever something
/// changed, keeps no state and reads no clock. That the previous holder is fenced, and that the chosen worker knows the
/// whole session before it is granted, is the keeper's business.
/// </summary>
public interface IGrantPolicy
{
    /// <summary>Chooses.</summary>
    /// <param name="candidates">The workers that are there, in the order in which they came.</param>
    /// <param name="isFailover">Whether a worker that served this session was lost, so that a guest waits.</param>
    /// <returns>An index into <paramref name="candidates"/>; if that one is not ready yet, nobody is granted until it is. -1: nobody for now.</returns>
    int Choose(ReadOnlySpan<GrantCandidate> candidates, bool isFailover);
}
