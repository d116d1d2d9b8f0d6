using System.Runtime.InteropServices;
using Stratos.Transports.Keeper.Grants;
using Stratos.Transports.Keeper.Session;
using Stratos.Transports.VhostUser.Protocol.Keeper;
using Stratos.Transports.VhostUser.Protocol.Messages;

namespace Stratos.Transports.Keeper.Tests.Simulation;

/// <summary>A keeper's shell without a kernel: carries the session's actions out among fakes, and checks what must always hold.</summary>
public sealed class World
{
    public const ulong Features = (1UL << 32) | (1UL << 29) | (1UL << 28) | VhostFeatures.LogAll | VhostFeatures.ProtocolFeatures;
    public const int ConfigLength = 24;
    public const ProtocolFeatures Protocol =
        ProtocolFeatures.MultiQueue | ProtocolFeatures.LogShmFd | ProtocolFeatures.ReplyAck | ProtocolFeatures.BackendReq |
        ProtocolFeatures.Config | ProtocolFeatures.InflightShmFd | ProtocolFeatures.ResetDevice | ProtocolFeatures.ConfigureMemSlots |
        ProtocolFeatures.Status | ProtocolFeatures.GetVringBaseInflight;

    private readonly KeeperActions _actions = new();
    private readonly HashSet<ulong> _granted = [];
    private int _lastWorker;

    public World(KeeperLimits? limits = null, IGrantPolicy? policy = null)
    {
        Limits = limits ?? KeeperLimits.Default with { JournalLength = (queues, size) => (ulong)(queues * size * 64) };
        Session = new("test", Limits, policy ?? new OwnerThenStandby(), _actions);
        Frontend = new(this);
    }

    public KeeperLimits Limits { get; }
    public KeeperSession Session { get; }
    public DescriptorLedger Descriptors { get; } = new();
    public FakeFrontend Frontend { get; }
    public Dictionary<int, FakeWorker> Workers { get; } = [];
    public List<KeeperNote> Notes { get; } = [];
    public long Now { get; private set; } = 1;
    public ulong EpochPage { get; private set; }
    public bool HasJournal { get; private set; }
    public int StatesMade { get; private set; }

    /// <summary>The frontend whose session has left its mark on the device since that was last reset; 0 for none.</summary>
    public int StateOf { get; set; }
    public List<JournalClearing> ClearedJournals { get; } = [];

    /// <summary>Whether a killed process is seen to have ended at once.</summary>
    public bool KillsAreInstant { get; set; } = true;

    /// <summary>Processes that were killed and have not ended yet.</summary>
    public Queue<FakeWorker> Dying { get; } = [];

    public FakeWorker Join(KeeperRole role = KeeperRole.Owner, Func<KeeperHello, KeeperHello>? change = null)
    {
        var worker = new FakeWorker(this, ++_lastWorker, role);
        Workers.Add(worker.Id, worker);
        var hello = new KeeperHello
        {
            Role = role, DeviceId = 2, Queues = 4, MaxQueueSize = 256, StateLength = 512, Features = Features & ~VhostFeatures.All,
            Instance = (ulong)worker.Id, Name = "test", Config = new byte[ConfigLength],
        };
        Session.WorkerHello(Now, worker.Id, change?.Invoke(hello) ?? hello);
        Carry();
        return worker;
    }

    /// <summary>Lets all workers answer until nothing is left to answer.</summary>
    public void Run()
    {
        for (var any = true; any;)
        {
            any = false;
            foreach (var worker in Workers.Values.ToArray())
            {
                if (!worker.HasUnanswered || !worker.IsConnected || !worker.IsAlive) continue;
                worker.Answer();
                any = true;
            }
        }
    }

    public void Pass(long nanoseconds)
    {
        Now += nanoseconds;
        if (Session.NextDeadline <= Now) Session.TimePassed(Now);
        Carry();
    }

    public bool Noted(KeeperEvent what) => Notes.Exists(note => note.What == what);

    /// <summary>Does what the session asked for.</summary>
    public void Carry()
    {
        var actions = _actions.All.ToArray();
        var messages = actions.Select(action => (_actions.Bytes(action).ToArray(), _actions.Descriptors(action).ToArray())).ToArray();
        Notes.AddRange(_actions.Notes);
        _actions.Clear();
        List<FakeWorker> ended = [];
        List<FakeWorker> spared = [];
        for (var i = 0; i < actions.Length; i++) Do(actions[i], messages[i].Item1, messages[i].Item2, ended, spared);
        foreach (var worker in ended) worker.SeeExit();
        foreach (var worker in spared)
        {
            Session.KillFailed(Now, worker.Id, "not permitted");
            Carry();
        }
        CheckAlways();
    }

    private void Do(in KeeperAction action, byte[] bytes, int[] descriptors, List<FakeWorker> ended, List<FakeWorker> spared)
    {
        foreach (var descriptor in descriptors.Where(descriptor => descriptor >= 0)) Descriptors.RequireOpen(descriptor);
        var header = bytes.Length >= MessageHeader.Length && action.Kind != KeeperActionKind.ClearJournal ? MemoryMarshal.Read<MessageHeader>(bytes) : default;
        switch (action.Kind)
        {
            case KeeperActionKind.SendFrontend: Frontend.Receive(header, bytes[MessageHeader.Length..], descriptors); break;
            case KeeperActionKind.CloseFrontend: Frontend.Closed(); break;
            case KeeperActionKind.SendFrontendChannel:
                Descriptors.RequireOpen(action.Target);
                Frontend.ConfigChanges++;
                break;
            case KeeperActionKind.SendWorker: Deliver(action.Target, header, bytes[MessageHeader.Length..], descriptors); break;
            case KeeperActionKind.SendWorkerChannel: Assert.True(header.IsReply); break;
            case KeeperActionKind.MuteWorker or KeeperActionKind.DropWorker: Workers[action.Target].IsConnected = false; break;
            case KeeperActionKind.KillWorker: Kill(Workers[action.Target], ended, spared); break;
            case KeeperActionKind.RaiseEpoch:
                Assert.True(action.Value > EpochPage, $"the epoch goes from {EpochPage} to {action.Value}");
                EpochPage = action.Value;
                break;
            case KeeperActionKind.MakeDeviceState: StatesMade++; break;
            case KeeperActionKind.MakeJournal: HasJournal = true; break;
            case KeeperActionKind.DropJournal:
                Assert.True(HasJournal, "a journal is dropped that is not there");
                HasJournal = false;
                break;
            case KeeperActionKind.ClearJournal: ClearedJournals.Add(MemoryMarshal.Read<JournalClearing>(bytes)); break;
            case KeeperActionKind.Close: Descriptors.Close(action.Target); break;
        }
    }

    private void Deliver(int id, MessageHeader header, byte[] payload, int[] descriptors)
    {
        var worker = Workers[id];
        Assert.True(worker.IsConnected, $"request {header.Request} goes to worker {id}, whose connection is closed");
        if (!header.IsReply && (KeeperRequest)header.Request == KeeperRequest.Grant) CheckGrant(worker, MemoryMarshal.Read<ulong>(payload));
        worker.Receive(header, payload, descriptors);
    }

    private void CheckGrant(FakeWorker worker, ulong epoch)
    {
        foreach (var other in Workers.Values)
            Assert.False(other.MayTouchRings && other.IsAlive, $"worker {worker.Id} is granted while worker {other.Id} may touch rings");
        Assert.Equal(EpochPage, epoch);
        Assert.True(_granted.Add(epoch), $"epoch {epoch} is granted twice");
        Assert.True(worker.IsAttached, "a worker is granted that was not attached");
        if (StateOf != 0 && !(Frontend.IsConnected && StateOf == Frontend.Session))
        {
            Assert.True(worker.Told.IsEmpty, "a worker that is to reset the device knows rings that would run on what another frontend left");
            return;
        }
        Assert.True(Frontend.IsConnected, "a session without frontend is granted");
        Frontend.Said.RequireKnownBy(worker.Told);
        StateOf = Frontend.Session;
    }

    private void Kill(FakeWorker worker, List<FakeWorker> ended, List<FakeWorker> spared)
    {
        if (!worker.IsKillable) spared.Add(worker);
        else if (KillsAreInstant) ended.Add(worker);
        else if (!Dying.Contains(worker)) Dying.Enqueue(worker);
    }

    private void CheckAlways()
    {
        if (!Frontend.IsConnected) Assert.Equal(0, Descriptors.Open);
        Assert.Equal(Frontend.IsConnected, Session.HasFrontend);
        if (Frontend.IsConnected && Frontend.Waiting == FrontendRequest.None && Session.NextDeadline == long.MaxValue)
            Assert.True(Session.WantsFrontendMessage, "the frontend is not read, though it waits for nothing");
    }
}
