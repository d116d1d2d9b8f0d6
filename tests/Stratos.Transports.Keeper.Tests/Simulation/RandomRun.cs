using Stratos.Transports.VhostUser.Protocol.Keeper;
using Stratos.Transports.VhostUser.Protocol.Messages;
using Stratos.Transports.VhostUser.Protocol.Payloads;

namespace Stratos.Transports.Keeper.Tests.Simulation;

/// <summary>
/// One run of random events in a random order: messages, answers, deaths, exits that are seen late, kills that fail,
/// frontends that come and go, time that passes. <see cref="World"/> checks what must always hold.
/// </summary>
public sealed class RandomRun(int seed)
{
    private readonly Random _random = new(seed);
    private readonly World _world = new() { KillsAreInstant = false };
    private readonly HashSet<int> _slots = [];
    private bool _negotiated;

    public void Go(int events)
    {
        for (var i = 0; i < events; i++) Next();
        Converge();
    }

    private void Next()
    {
        switch (_random.Next(100))
        {
            case < 34: AnswerOne(); break;
            case < 64: FrontendActs(); break;
            case < 70: Join(); break;
            case < 75: LoseOne(); break;
            case < 85: SeeDeath(); break;
            case < 88: _world.Pass(_random.NextInt64(_world.Limits.AckDeadline / 2)); break;
            case < 90: Connected().FirstOrDefault()?.ChangeConfig((byte)_random.Next(256)); break;
            case < 92: Pick()?.Leave(); break;
            case < 93: LeaveFrontend(); break;
            case < 94: Misbehave(); break;
            default: AnswerAll(); break;
        }
        if (!_world.Frontend.IsConnected) _slots.Clear();
    }

    private FakeWorker[] Connected() => [.. _world.Workers.Values.Where(worker => worker.IsConnected && worker.IsAlive)];

    private FakeWorker? Pick() => Connected() is { Length: > 0 } all ? all[_random.Next(all.Length)] : null;

    private void AnswerOne()
    {
        var waiting = Connected().Where(worker => worker.HasUnanswered).ToArray();
        if (waiting.Length > 0) waiting[_random.Next(waiting.Length)].Answer();
    }

    private void AnswerAll()
    {
        _world.Run();
        // What failed at its deadline is gone for the keeper, while the frontend's own book still has it.
        if (_world.Frontend is { IsConnected: true, Failed: true }) LeaveFrontend();
    }

    private void Join()
    {
        if (Connected().Length < 4) _world.Join(_random.Next(2) == 0 ? KeeperRole.Owner : KeeperRole.Standby);
    }

    private void LoseOne()
    {
        if (Pick() is not { } worker) return;
        worker.IsKillable = _random.Next(4) != 0;
        switch (_random.Next(3))
        {
            case 0: worker.Die(); break;
            case 1: worker.Die(exitIsSeen: false); break;
            default: worker.Disconnect(); break;
        }
    }

    private void SeeDeath()
    {
        if (_world.Dying.TryDequeue(out var dying)) dying.SeeExit();
        // A process that was spared ends by itself one day.
        else if (_random.Next(3) == 0 && _world.Workers.Values.FirstOrDefault(worker => worker is { IsConnected: false, MayTouchRings: true }) is { } spared)
            spared.SeeExit();
    }

    private void Misbehave() => Pick()?.Send(MessageHeader.ForReply((uint)FrontendRequest.SetOwner, 8), new byte[8]);

    private void LeaveFrontend()
    {
        if (_world.Frontend.IsConnected) _world.Frontend.Leave();
        _negotiated = false;
    }

    private void FrontendActs()
    {
        if (!_world.Frontend.IsConnected)
        {
            if (_world.Session.AcceptsFrontend) _world.Frontend.Connect();
            _negotiated = false;
            return;
        }
        if (_world.Frontend.Failed)
        {
            LeaveFrontend();
            return;
        }
        if (!_world.Session.WantsFrontendMessage) return;
        if (!_negotiated)
        {
            FrontendSteps.Startup[2](_world.Frontend);
            _negotiated = true;
            return;
        }
        Say(_world.Frontend, (uint)_random.Next(4), _random.Next(2) == 0);
    }

    private void Say(FakeFrontend frontend, uint ring, bool ack)
    {
        switch (_random.Next(20))
        {
            case 0: frontend.Send(FrontendRequest.GetFeatures, []); break;
            case 1: frontend.Send(FrontendRequest.SetFeatures, World.Features & (ulong)_random.NextInt64(), 0, ack); break;
            case 2: frontend.Send(FrontendRequest.GetStatus, []); break;
            case 3: frontend.Send(FrontendRequest.SetStatus, (ulong)_random.Next(1, 256), 0, ack); break;
            case 4: frontend.Send(FrontendRequest.GetConfig, FrontendSteps.Config(0, World.ConfigLength)); break;
            case 5: frontend.Send(FrontendRequest.SetConfig, FrontendSteps.Config(0, 4), 0, ack); break;
            case 6: frontend.Send(FrontendRequest.SetVringNum, new VringState(ring, 1u + (uint)_random.Next(256)), 0, ack); break;
            case 7: frontend.Send(FrontendRequest.SetVringBase, new VringState(ring, (uint)_random.Next(65536)), 0, ack); break;
            case 8: frontend.Send(FrontendRequest.SetVringAddr, new VringAddress(ring, 0, (ulong)_random.Next(), 0, 0, 0), 0, ack); break;
            case 9 or 10: frontend.Send(FrontendRequest.SetVringKick, (ulong)ring, 1, ack); break;
            case 11: frontend.Send(FrontendRequest.SetVringCall, (ulong)ring, 1, ack); break;
            case 12: frontend.Send(FrontendRequest.SetVringEnable, new VringState(ring, (uint)_random.Next(2)), 0, ack); break;
            case 13 or 14: frontend.Send(FrontendRequest.GetVringBase, new VringState(ring, 0)); break;
            case 15: AddRegion(frontend, ack); break;
            case 16: RemoveRegion(frontend, ack); break;
            case 17: SetTable(frontend, ack); break;
            case 18: frontend.Send(FrontendRequest.ResetDevice, [], 0, ack); break;
            default: SetLogOrJournal(frontend, ack); break;
        }
    }

    private void AddRegion(FakeFrontend frontend, bool ack)
    {
        var slot = _random.Next(16);
        if (_slots.Add(slot)) frontend.Send(FrontendRequest.AddMemReg, FrontendSteps.Region(slot), 1, ack);
    }

    private void RemoveRegion(FakeFrontend frontend, bool ack)
    {
        if (_slots.Count == 0) return;
        var slot = _slots.ElementAt(_random.Next(_slots.Count));
        _slots.Remove(slot);
        frontend.Send(FrontendRequest.RemMemReg, FrontendSteps.Region(slot), 0, ack);
    }

    private void SetTable(FakeFrontend frontend, bool ack)
    {
        int[] slots = [.. Enumerable.Range(0, 16).Where(_ => _random.Next(4) == 0).Take(8)];
        if (slots.Length == 0) return;
        _slots.Clear();
        _slots.UnionWith(slots);
        frontend.Send(FrontendRequest.SetMemTable, FrontendSteps.Table(slots), slots.Length, ack);
    }

    private void SetLogOrJournal(FakeFrontend frontend, bool ack)
    {
        switch (_random.Next(4))
        {
            case 0: frontend.Send(FrontendRequest.SetLogBase, new LogDescription(4096, 0), 1, ack); break;
            case 1: frontend.Send(FrontendRequest.GetInflightFd, new InflightDescription(0, 0, 4, 128)); break;
            case 2: frontend.Send(FrontendRequest.SetInflightFd, new InflightDescription(65536, 0, 4, 128), 1, ack); break;
            default: frontend.Send(FrontendRequest.SetBackendReqFd, [], 1, ack); break;
        }
    }

    // When nothing goes wrong any more, the session is served.
    private void Converge()
    {
        foreach (var worker in _world.Workers.Values.Where(worker => !worker.IsConnected).ToArray()) worker.SeeExit();
        _world.Dying.Clear();
        _world.KillsAreInstant = true;
        if (_world.Frontend.Failed) LeaveFrontend();
        _world.Join();
        _world.Run();
        if (!_world.Frontend.IsConnected) _world.Frontend.Connect();
        _world.Run();
        Assert.True(_world.Session.IsServed, "nobody serves in the end");
        Assert.True(_world.Session.WantsFrontendMessage, "a request is never answered");
        _world.Frontend.Said.RequireKnownBy(_world.Workers[_world.Session.Holder].Told);
        _world.Frontend.Leave();
        _world.Run();
        Assert.Equal(0, _world.Descriptors.Open);
        Assert.False(_world.HasJournal);
    }
}
