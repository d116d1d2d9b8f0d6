using Stratos.Transports.Keeper.Frontend;
using Stratos.Transports.Keeper.Grants;
using Stratos.Transports.Keeper.Kept;
using Stratos.Transports.Keeper.Workers;
using Stratos.Transports.VhostUser.Protocol.Keeper;
using Stratos.Transports.VhostUser.Protocol.Messages;

namespace Stratos.Transports.Keeper.Session;

/// <summary>
/// The session of one device, as a pure state machine: events go in, <see cref="KeeperActions"/> come out. It does no
/// I/O and reads no clock; time comes with the event, in nanoseconds of the monotonic clock.
/// </summary>
/// <remarks>
/// <para>After each event the caller carries out the actions, in order, and clears them; only then comes the next event.
/// Failures of actions come back as events: a connection that cannot be written to is a lost one.</para>
/// <para>One thread. Nothing is allocated once the session has its size, except when something goes wrong.</para>
/// </remarks>
public sealed partial class KeeperSession
{
    private readonly KeeperLimits _limits;
    private readonly IGrantPolicy _policy;
    private readonly KeeperActions _actions;
    private readonly KeptState _kept;
    private readonly List<WorkerLink> _workers = [];
    private readonly GrantCandidate[] _candidates;
    private readonly PendingRequest _pending = new();
    private readonly SyncMessage _message = new();
    private readonly byte[] _config = new byte[KeeperHello.ConfigCapacity];
    private DeviceProfile? _device;
    private WorkerLink? _holder;
    private ProtocolFeatures? _chosen;
    private ulong _epoch;
    private ulong _acceptedRevision;
    private bool _hasFrontend;
    private bool _hasBegun;
    private bool _isFailover;
    private bool _isStateUsed;
    private bool _owesReset;
    private bool _configIsStale;
    private bool _configHasChanged;
    private bool _isEnding;

    /// <summary>A session without frontend and without workers.</summary>
    /// <param name="name">The device's name, for messages.</param>
    /// <param name="limits">Bounds and deadlines.</param>
    /// <param name="policy">Who is granted the session.</param>
    /// <param name="actions">Where its actions go.</param>
    public KeeperSession(string name, KeeperLimits limits, IGrantPolicy policy, KeeperActions actions)
    {
        ArgumentNullException.ThrowIfNull(limits);
        (Name, _limits, _policy, _actions) = (name, limits, policy, actions);
        _kept = new(actions);
        _candidates = new GrantCandidate[limits.MaxWorkers];
    }

    /// <summary>The device's name.</summary>
    public string Name { get; }

    /// <summary>The current epoch: that of the grant, if there is one; 0 before the first.</summary>
    public ulong Epoch => _epoch;

    /// <summary>The worker that may touch rings now or still: granted, or not yet fenced. 0 if none.</summary>
    public int Holder => _holder?.Id ?? 0;

    /// <summary>Whether a granted worker serves.</summary>
    public bool IsServed => _holder?.Phase == WorkerPhase.Serving;

    /// <summary>Whether a frontend may be accepted: there is none, and the last one's session has ended.</summary>
    public bool AcceptsFrontend => !_hasFrontend && _holder is null && !_isEnding;

    /// <summary>Whether a frontend is connected.</summary>
    public bool HasFrontend => _hasFrontend;

    /// <summary>Whether the frontend's next message may be given in. While one waits for its answer, none may.</summary>
    public bool WantsFrontendMessage => _hasFrontend && !_pending.IsActive;

    /// <summary>Whether the session was ended by <see cref="End"/> and nobody holds its grant any more.</summary>
    public bool HasEnded => _isEnding && _holder is null && _workers.Count == 0;

    /// <summary>When <see cref="TimePassed"/> has to be called at the latest; <see cref="long.MaxValue"/> if nothing waits.</summary>
    public long NextDeadline
    {
        get
        {
            var next = _pending.Deadline;
            foreach (var worker in _workers) next = Math.Min(next, worker.Deadline);
            return next;
        }
    }

    /// <summary>Time has passed: what should have happened by now and did not, has failed.</summary>
    /// <param name="now">The time.</param>
    public void TimePassed(long now)
    {
        if (_pending.Deadline <= now) ExpirePending();
        for (var i = _workers.Count - 1; i >= 0; i--)
        {
            var worker = _workers[i];
            if (worker.Deadline > now) continue;
            if (worker.Phase == WorkerPhase.Fencing)
            {
                Kill(worker, now);
            }
            else
            {
                _actions.Note(KeeperEvent.WorkerHung, worker.Id, worker.Request);
                Lose(worker, now, "it does not answer");
            }
        }
        Progress(now);
    }

    /// <summary>Ends the session in order: the frontend is disconnected and the workers are told; see <see cref="HasEnded"/>.</summary>
    /// <param name="now">The time.</param>
    public void End(long now)
    {
        _isEnding = true;
        if (_hasFrontend) CloseFrontend();
        for (var i = _workers.Count - 1; i >= 0; i--)
            if (!_workers[i].HoldsGrant) Remove(_workers[i]);
        Progress(now);
    }

    // Every event ends here: whoever is idle gets what is next for him.
    private void Progress(long now)
    {
        for (var i = 0; i < _workers.Count; i++) Advance(_workers[i], now);
        TryGrant(now);
        SettlePending();
    }

    private WorkerLink? Find(int worker)
    {
        foreach (var link in _workers) if (link.Id == worker) return link;
        return null;
    }

    private void CloseAll(ReadOnlySpan<int> descriptors)
    {
        foreach (var descriptor in descriptors) _actions.Close(descriptor);
    }
}
