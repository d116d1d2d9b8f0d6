using System.Runtime.InteropServices;
using Stratos.Transports.VhostUser.Protocol.Messages;
using Stratos.Transports.VhostUser.Protocol.Payloads;

namespace Stratos.Transports.Keeper.Tests.Simulation;

/// <summary>A frontend of numbers only. It checks that each request that has an answer gets one, and no other.</summary>
public sealed class FakeFrontend(World world)
{
    public bool IsConnected { get; private set; }

    /// <summary>How many frontends there were: this one's number.</summary>
    public int Session { get; private set; }

    /// <summary>What it set, as it knows it.</summary>
    public SessionModel Said { get; } = new();

    /// <summary>The request that waits for its answer.</summary>
    public FrontendRequest Waiting { get; private set; }
    public byte[] LastAnswer { get; private set; } = [];
    public int[] LastDescriptors { get; private set; } = [];
    public int Answers { get; private set; }
    /// <summary>Whether a setting failed, so that <see cref="Said"/> may say more than is kept.</summary>
    public bool Failed { get; private set; }

    /// <summary>Whether a reset is under way of whose end nothing is heard.</summary>
    public bool ResetsInSilence { get; private set; }
    public int ConfigChanges { get; set; }
    private byte[] _asked = [];

    public ulong LastNumber => MemoryMarshal.Read<ulong>(LastAnswer);

    public void Connect()
    {
        Assert.True(world.Session.AcceptsFrontend, "no frontend is accepted");
        IsConnected = true;
        Session++;
        world.Session.FrontendConnected(world.Now);
        world.Carry();
    }

    public void Leave()
    {
        world.Session.FrontendLost(world.Now);
        world.Carry();
        Assert.False(IsConnected, "the keeper keeps a connection whose other end has gone");
    }

    public void Closed()
    {
        Assert.True(IsConnected, "a connection is closed that is not there");
        Forget();
    }

    public void Send(FrontendRequest request, ReadOnlySpan<byte> payload, int descriptors = 0, bool needReply = false)
    {
        var tokens = new int[descriptors];
        for (var i = 0; i < descriptors; i++) tokens[i] = world.Descriptors.Make();
        SendRaw(MessageHeader.ForRequest((uint)request, payload.Length, needReply), payload, tokens);
    }

    public void SendRaw(MessageHeader header, ReadOnlySpan<byte> payload, int[] tokens)
    {
        Assert.True(world.Session.WantsFrontendMessage, "the keeper does not read the frontend now");
        Assert.Equal(FrontendRequest.None, Waiting);
        var rule = FrontendRules.Find(header.Request);
        if (rule is not null && (rule.Reply == ReplyKind.Own || header.NeedsReply)) Waiting = header.Frontend;
        _asked = payload.ToArray();
        if (header.Frontend is not (FrontendRequest.GetVringBase or FrontendRequest.ResetDevice)) Said.Apply(header.Frontend, payload, tokens);
        ResetsInSilence = header.Frontend == FrontendRequest.ResetDevice && !header.NeedsReply;
        world.Session.FrontendMessage(world.Now, header, payload, tokens);
        world.Carry();
    }

    /// <summary>A worker has reset the device.</summary>
    public void DeviceWasReset()
    {
        if (!ResetsInSilence) return;
        ResetsInSilence = false;
        Said.Apply(FrontendRequest.ResetDevice, [], []);
    }

    public void Send<T>(FrontendRequest request, T payload, int descriptors = 0, bool needReply = false) where T : unmanaged =>
        Send(request, MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in payload)), descriptors, needReply);

    public void Receive(MessageHeader header, byte[] payload, int[] descriptors)
    {
        Assert.True(IsConnected, "an answer is sent to nobody");
        Assert.True(header.IsReply, "the reply flag is missing");
        Assert.Equal(Waiting, header.Frontend);
        Assert.Null(FrontendRules.Of(header.Frontend).CheckReply(header, descriptors.Length));
        (LastAnswer, LastDescriptors, Waiting) = (payload, descriptors, FrontendRequest.None);
        Answers++;
        Failed |= FrontendRules.Of(header.Frontend).Reply == ReplyKind.OnDemand && LastNumber != 0;
        if (header.Frontend == FrontendRequest.ResetDevice && LastNumber == 0) Said.Apply(header.Frontend, _asked, []);
        if (header.Frontend != FrontendRequest.GetVringBase) return;
        var state = MemoryMarshal.Read<VringState>(payload);
        if (!Said.IsStarted(state.Index)) return;
        Said.Stop(state.Index);
        Said.SetNumber(FrontendRequest.SetVringBase, state.Index, state.Number);
    }

    private void Forget()
    {
        IsConnected = false;
        Waiting = FrontendRequest.None;
        (Failed, ResetsInSilence) = (false, false);
        Said.Clear();
    }
}
