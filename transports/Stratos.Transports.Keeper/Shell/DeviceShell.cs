using System.Runtime.InteropServices;
using Stratos.Fabric.Linux;
using Stratos.Transports.Keeper.Grants;
using Stratos.Transports.Keeper.Session;
using Stratos.Transports.VhostUser.Protocol.Keeper;

namespace Stratos.Transports.Keeper.Shell;

/// <summary>A session with the kernel's objects around it: the frontend's socket, the workers, the memory that it makes.</summary>
internal sealed class DeviceShell : IDisposable
{
    private const int MessagesAtOnce = 32;

    private readonly IKeeperLog _log;
    private readonly WatchTable _watches;
    private readonly FrontendDoor _door;
    private readonly MemoryFile _epochFile;
    private readonly Mapping _epochPage;
    private readonly LazyMemory _state;
    private readonly LazyMemory _journal;
    private readonly Dictionary<int, WorkerShell> _workers = [];
    private readonly Queue<(int Worker, bool IsKill, string Reason)> _failures = [];
    private readonly KeeperActions _actions = new();
    private readonly int[] _numbers = new int[UnixStream.MaxDescriptors];
    private MessageLink? _frontend;
    private Watch? _frontendWatch;

    public DeviceShell(KeeperDevice device, KeeperLimits limits, IGrantPolicy policy, WatchTable watches, IKeeperLog log)
    {
        (Name, _watches, _log) = (device.Name, watches, log);
        _state = new LazyMemory($"stratos-state-{device.Name}");
        _journal = new LazyMemory($"stratos-journal-{device.Name}");
        Session = new(device.Name, limits, policy, _actions);
        _epochFile = MemoryFile.Create($"stratos-epoch-{device.Name}", EpochPage.Length);
        _epochPage = _epochFile.Map(MemoryAccess.ReadWrite);
        try
        {
            _door = new(device, watches, log, Greet);
        }
        catch
        {
            _epochPage.Dispose();
            _epochFile.Dispose();
            throw;
        }
    }

    public string Name { get; }
    public KeeperSession Session { get; }
    public long NextDeadline => Math.Min(Session.NextDeadline, _door.NextDeadline);

    /// <summary>A worker has said that it serves this device.</summary>
    public void Join(int id, Newcomer newcomer, KeeperHello hello)
    {
        _workers.Add(id, new(this, _watches, id, newcomer));
        Session.WorkerHello(MonotonicClock.Nanoseconds, id, hello);
        Carry();
    }

    public void TimePassed(long now)
    {
        if (Session.NextDeadline <= now)
        {
            Session.TimePassed(now);
            Carry();
        }
        _door.TimePassed(now, Session.AcceptsFrontend);
    }

    public void End()
    {
        Session.End(MonotonicClock.Nanoseconds);
        Carry();
    }

    /// <summary>Does what the session asked for, until nothing is left, and waits for what it wants next.</summary>
    public void Carry()
    {
        while (true)
        {
            foreach (ref readonly var note in _actions.Notes) _log.Write(Name, note, _workers.GetValueOrDefault(note.Worker)?.ProcessId ?? 0);
            foreach (ref readonly var action in _actions.All) Do(action);
            _actions.Clear();
            if (!_failures.TryDequeue(out var failure)) break;
            Report(failure.Worker, failure.IsKill, failure.Reason);
        }
        _frontendWatch?.Want(Session.WantsFrontendMessage ? PollEvents.Readable : PollEvents.None);
        _door.Open(Session.AcceptsFrontend);
    }

    public void Dispose()
    {
        _door.Dispose();
        CloseFrontend();
        foreach (var worker in _workers.Values) worker.Dispose();
        _workers.Clear();
        _state.Dispose();
        _journal.Dispose();
        _epochPage.Dispose();
        _epochFile.Dispose();
    }

    private void Report(int worker, bool isKill, string reason)
    {
        var now = MonotonicClock.Nanoseconds;
        if (worker == 0) Session.FrontendLost(now);
        else if (isKill) Session.KillFailed(now, worker, reason);
        else Session.WorkerLost(now, worker, reason);
    }

    private void Greet(UnixStream stream)
    {
        _frontend = new MessageLink(stream);
        _frontendWatch = _watches.Add(_frontend.Descriptor, PollEvents.None, Receive);
        Session.FrontendConnected(MonotonicClock.Nanoseconds);
        Carry();
    }

    private void Receive(PollEvents events)
    {
        if (!Session.WantsFrontendMessage)
        {
            // While a request is held nothing is read, but a frontend that has gone is noticed all the same.
            if ((events & (PollEvents.HangUp | PollEvents.Error)) == 0) return;
            Session.FrontendLost(MonotonicClock.Nanoseconds);
            Carry();
            return;
        }
        for (var i = 0; i < MessagesAtOnce && _frontend is { } link && Session.WantsFrontendMessage; i++)
        {
            switch (link.TryReceive())
            {
                case LinkStatus.Nothing:
                    return;
                case LinkStatus.Message:
                    Hand(link);
                    break;
                case LinkStatus.Closed:
                    Session.FrontendLost(MonotonicClock.Nanoseconds);
                    break;
                default:
                    Session.FrontendFault(MonotonicClock.Nanoseconds, link.Fault);
                    break;
            }
            Carry();
        }
    }

    private void Hand(MessageLink link)
    {
        var now = MonotonicClock.Nanoseconds;
        // The keeper itself writes to these two, so they must be what they are given out for.
        if (DescriptorCheck.Refuse(link.Header.Frontend, link.Descriptors) is { } fault)
        {
            Session.FrontendFault(now, fault);
            return;
        }
        Session.FrontendMessage(now, link.Header, link.Payload, link.Descriptors);
        link.Next();
    }

    private void Do(in KeeperAction action)
    {
        switch (action.Kind)
        {
            case KeeperActionKind.SendFrontend: SendFrontend(action); break;
            case KeeperActionKind.SendFrontendChannel: DescriptorCheck.SendAway(action.Target, _actions.Bytes(action)); break;
            case KeeperActionKind.CloseFrontend: CloseFrontend(); break;
            case KeeperActionKind.SendWorker: SendWorker(action); break;
            case KeeperActionKind.SendWorkerChannel: _workers.GetValueOrDefault(action.Target)?.Answer(_actions.Bytes(action)); break;
            case KeeperActionKind.MuteWorker: _workers.GetValueOrDefault(action.Target)?.Mute(); break;
            case KeeperActionKind.KillWorker: Kill(action.Target); break;
            case KeeperActionKind.DropWorker: Drop(action.Target); break;
            case KeeperActionKind.RaiseEpoch: Volatile.Write(ref MemoryMarshal.AsRef<ulong>(_epochPage.GetSpan(0, sizeof(ulong))), action.Value); break;
            case KeeperActionKind.MakeDeviceState: _state.Renew(action.Value); break;
            case KeeperActionKind.MakeJournal: _journal.Renew(action.Value); break;
            case KeeperActionKind.DropJournal: _journal.Dispose(); break;
            case KeeperActionKind.ClearJournal: ClearJournal(action.Target, MemoryMarshal.Read<JournalClearing>(_actions.Bytes(action))); break;
            case KeeperActionKind.Close: FileDescriptor.CloseRaw(action.Target); break;
        }
    }

    private void SendFrontend(in KeeperAction action)
    {
        try
        {
            using var made = action.Descriptors == 0 ? null : MemoryFile.Create("stratos-inflight", action.Value);
            _numbers[0] = made?.Descriptor.Number ?? 0;
            if (_frontend is not null && _frontend.Send(_actions.Bytes(action), _numbers.AsSpan(0, action.Descriptors))) return;
        }
        catch (LinuxException failure)
        {
            _log.Write(Name, failure.Message);
        }
        _failures.Enqueue((0, false, ""));
    }

    private void SendWorker(in KeeperAction action)
    {
        if (!_workers.TryGetValue(action.Target, out var worker)) return;
        UnixStream? channel = null;
        try
        {
            var descriptors = _actions.Descriptors(action);
            for (var i = 0; i < descriptors.Length; i++)
            {
                if (descriptors[i] == KeptDescriptor.Channel) channel = worker.OpenChannel();
                _numbers[i] = descriptors[i] == KeptDescriptor.Channel ? channel!.Descriptor.Number : Number(descriptors[i]);
            }
            if (!worker.Send(_actions.Bytes(action), _numbers.AsSpan(0, descriptors.Length)))
                _failures.Enqueue((action.Target, false, "it cannot be sent to"));
        }
        catch (LinuxException failure)
        {
            _failures.Enqueue((action.Target, false, failure.Message));
        }
        finally
        {
            channel?.Dispose();
        }
    }

    private int Number(int descriptor) => descriptor switch
    {
        KeptDescriptor.EpochPage => _epochFile.Descriptor.Number,
        KeptDescriptor.DeviceState => _state.Number,
        KeptDescriptor.Journal => _journal.Number,
        _ => descriptor,
    };

    private void Kill(int worker)
    {
        if (_workers.GetValueOrDefault(worker)?.Kill() is { } reason) _failures.Enqueue((worker, true, reason));
    }

    private void Drop(int worker)
    {
        if (_workers.Remove(worker, out var shell)) shell.Dispose();
    }

    private void ClearJournal(int descriptor, JournalClearing clearing)
    {
        try
        {
            if (JournalCleaner.Clear(Number(descriptor), clearing) is { } fault) _log.Write(Name, fault);
        }
        catch (LinuxException failure)
        {
            _log.Write(Name, failure.Message);
        }
    }

    private void CloseFrontend()
    {
        _frontendWatch?.End();
        _frontend?.Dispose();
        (_frontend, _frontendWatch) = (null, null);
    }
}
