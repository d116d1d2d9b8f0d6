using Stratos.Transports.VhostUser.Protocol.Keeper;

namespace Stratos.Transports.Keeper.Grants;

/// <summary>
/// A session that begins goes to an owner, also if a standby is ready sooner; one whose holder was lost goes to whoever
/// is ready first, because a guest waits. Among equals the one that came first.
/// </summary>
public sealed class OwnerThenStandby : IGrantPolicy
{
    /// <inheritdoc/>
    public int Choose(ReadOnlySpan<GrantCandidate> candidates, bool isFailover)
    {
        var readyOwner = Find(candidates, KeeperRole.Owner, ready: true);
        if (readyOwner >= 0) return readyOwner;
        var owner = Find(candidates, KeeperRole.Owner, ready: false);
        if (!isFailover && owner >= 0) return owner;
        var readyStandby = Find(candidates, KeeperRole.Standby, ready: true);
        if (readyStandby >= 0) return readyStandby;
        return owner >= 0 ? owner : Find(candidates, KeeperRole.Standby, ready: false);
    }

    private static int Find(ReadOnlySpan<GrantCandidate> candidates, KeeperRole role, bool ready)
    {
        for (var i = 0; i < candidates.Length; i++)
            if (candidates[i].Role == role && (candidates[i].IsReady || !ready)) return i;
        return -1;
    }
}
