using Stratos.Transports.Keeper.Kept;
using Stratos.Transports.VhostUser.Protocol.Keeper;

namespace Stratos.Transports.Keeper.Workers;

/// <summary>One worker of a session. It is sent one message at a time, and the next when that was answered.</summary>
internal sealed class WorkerLink(int id, KeeperRole role, ulong instance, int queues)
{
    public int Id => id;
    public KeeperRole Role => role;
    public ulong Instance => instance;
    public WorkerView View { get; } = new(queues);
    public WorkerPhase Phase { get; set; }

    /// <summary>What its backend can do: virtio features with vhost-user's own bits, and protocol features.</summary>
    public ulong Features { get; set; }
    public ulong ProtocolFeatures { get; set; }

    public WorkerTask Task { get; private set; }
    /// <summary>The number of the message that is to be answered.</summary>
    public uint Request { get; private set; }
    public SyncStep Step { get; private set; }
    public long Deadline { get; private set; } = long.MaxValue;

    /// <summary>The session's revision at which the worker knew everything; ulong.MaxValue when it never did.</summary>
    public ulong SyncedRevision { get; set; } = ulong.MaxValue;

    /// <summary>Whether it was said that it is ready in this session.</summary>
    public bool IsAnnounced { get; set; }

    /// <summary>Whether what it was told belongs to a frontend that has gone.</summary>
    public bool MustEnd { get; set; }

    /// <summary>Whether it asked to be relieved.</summary>
    public bool Leaves { get; set; }

    /// <summary>Whether its process is known to have ended.</summary>
    public bool HasExited { get; set; }

    public bool IsIdle => Task == WorkerTask.None;

    /// <summary>Whether it may touch rings, now or still.</summary>
    public bool HoldsGrant => Phase is WorkerPhase.Granting or WorkerPhase.Serving or WorkerPhase.Fencing;

    public void Await(WorkerTask task, uint request, long deadline, in SyncStep step)
    {
        (Task, Request, Deadline, Step) = (task, request, deadline, step);
    }

    /// <summary>The answer has come, or will never come.</summary>
    public void Settle() => (Task, Request, Deadline) = (WorkerTask.None, 0, long.MaxValue);

    /// <summary>When to look at a worker that is being fenced again.</summary>
    public void RetryAt(long time) => (Task, Deadline) = (WorkerTask.None, time);
}
