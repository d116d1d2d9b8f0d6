using System.Runtime.InteropServices;
using Stratos.Transports.VhostUser.Protocol.Keeper;
using Stratos.Transports.VhostUser.Protocol.Messages;
using Stratos.Transports.VhostUser.Protocol.Payloads;

namespace Stratos.Transports.Keeper.Tests.Simulation;

/// <summary>A worker of numbers only: it notes what it is told and answers when the test lets it.</summary>
public sealed class FakeWorker(World world, int id, KeeperRole role)
{
    private readonly Queue<(MessageHeader Header, byte[] Payload, bool Relieves)> _unanswered = [];
    private bool _leaves;

    public int Id => id;
    public KeeperRole Role => role;
    public SessionModel Told { get; } = new();

    /// <summary>All requests that it received, in order.</summary>
    public List<uint> Received { get; } = [];

    /// <summary>From GRANT until it answered END: it may touch rings, as long as its process is alive.</summary>
    public bool MayTouchRings { get; private set; }
    public bool IsServing { get; private set; }
    public ulong Epoch { get; private set; }
    public bool IsAlive { get; set; } = true;
    public bool IsConnected { get; set; } = true;
    public bool IsKillable { get; set; } = true;
    public bool IsAttached { get; private set; }
    public int Ended { get; private set; }
    public ulong[] Bases { get; } = new ulong[256];
    public byte[] Config { get; set; } = new byte[World.ConfigLength];

    /// <summary>Decides what it answers to a setting; 0 by default.</summary>
    public Func<FrontendRequest, ulong> Judge { get; set; } = _ => 0;

    public bool HasUnanswered => _unanswered.Count > 0;
    public uint Unanswered => _unanswered.Peek().Header.Request;

    public void Receive(MessageHeader header, byte[] payload, int[] descriptors)
    {
        if (header.IsReply) return;
        Assert.True(header.NeedsReply, $"request {header.Request} asks for no answer");
        Assert.False(HasUnanswered, $"request {header.Request} came before the last was answered");
        Received.Add(header.Request);
        _unanswered.Enqueue((header, payload, _leaves));
        if ((KeeperRequest)header.Request == KeeperRequest.Grant)
        {
            (MayTouchRings, Epoch) = (true, MemoryMarshal.Read<ulong>(payload));
        }
        else if (header.Frontend is not (FrontendRequest.GetVringBase or FrontendRequest.ResetDevice) && Judge(header.Frontend) == 0)
        {
            Told.Apply(header.Frontend, payload, descriptors);
        }
    }

    /// <summary>Answers the oldest request.</summary>
    public void Answer()
    {
        var (header, payload, relieves) = _unanswered.Dequeue();
        var reply = Decide(header, payload);
        // The successor of a worker that leaves begins where that one came to, whatever the frontend once said.
        if (relieves && header.Frontend == FrontendRequest.GetVringBase)
            world.Frontend.Said.SetNumber(FrontendRequest.SetVringBase, MemoryMarshal.Read<uint>(payload), MemoryMarshal.Read<uint>(reply.AsSpan(4)));
        world.Session.WorkerMessage(world.Now, id, MessageHeader.ForReply(header.Request, reply.Length), reply, []);
        world.Carry();
    }

    public void Send(MessageHeader header, byte[] payload, params int[] descriptors)
    {
        world.Session.WorkerMessage(world.Now, id, header, payload, descriptors);
        world.Carry();
    }

    public void Leave()
    {
        _leaves = true;
        Send(MessageHeader.ForRequest((uint)KeeperRequest.Leave, 0), []);
    }

    public void ChangeConfig(byte value)
    {
        Config[0] = value;
        world.Session.WorkerRequest(world.Now, id, MessageHeader.ForRequest((uint)BackendRequest.ConfigChangeMsg, 0, needReply: true), []);
        world.Carry();
    }

    /// <summary>Its process dies: at once for the kernel, and the keeper sees the end of the connection first.</summary>
    public void Die(bool exitIsSeen = true)
    {
        IsAlive = false;
        Disconnect();
        if (exitIsSeen) SeeExit();
    }

    public void Disconnect()
    {
        if (!IsConnected) return;
        IsConnected = false;
        world.Session.WorkerLost(world.Now, id, "end of the stream");
        world.Carry();
    }

    public void SeeExit()
    {
        IsAlive = false;
        world.Session.WorkerExited(world.Now, id);
        world.Carry();
    }

    private byte[] Decide(MessageHeader header, byte[] payload)
    {
        switch ((KeeperRequest)header.Request)
        {
            case KeeperRequest.Attach: IsAttached = true; return Number(0);
            case KeeperRequest.Grant: IsServing = true; return Number(0);
            case KeeperRequest.End:
                if (MayTouchRings && !_leaves) world.StateOf = 0;
                (MayTouchRings, IsServing) = (false, false);
                Told.Clear();
                Ended++;
                return Number(0);
        }
        switch (header.Frontend)
        {
            case FrontendRequest.GetFeatures: return Number(World.Features);
            case FrontendRequest.GetProtocolFeatures: return Number((ulong)World.Protocol);
            case FrontendRequest.GetMaxMemSlots: return Number(32);
            case FrontendRequest.GetVringBase:
                Told.Apply(header.Frontend, payload, []);
                var index = MemoryMarshal.Read<uint>(payload);
                Told.SetNumber(FrontendRequest.SetVringBase, index, (uint)Bases[index]);
                return [.. BitConverter.GetBytes(index), .. BitConverter.GetBytes((uint)Bases[index])];
            case FrontendRequest.ResetDevice:
                Told.Apply(header.Frontend, payload, []);
                world.Frontend.DeviceWasReset();
                return Number(0);
            case FrontendRequest.GetConfig:
                var asked = MemoryMarshal.Read<ConfigHeader>(payload);
                return [.. payload[..ConfigHeader.Length], .. Config.AsSpan((int)asked.Offset, (int)asked.Size)];
            default: return Number(Judge(header.Frontend));
        }
    }

    private static byte[] Number(ulong number) => BitConverter.GetBytes(number);
}
