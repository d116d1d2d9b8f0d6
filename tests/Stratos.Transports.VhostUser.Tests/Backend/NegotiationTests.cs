using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Spec;
using Stratos.Testing;
using Stratos.Transports.VhostUser.Protocol.Messages;
using Stratos.Transports.VhostUser.Protocol.Payloads;
using static Stratos.Transports.VhostUser.Tests.Backend.RawFrontend;

namespace Stratos.Transports.VhostUser.Tests.Backend;

/// <summary>What is offered, chosen and configured before rings matter.</summary>
public sealed class NegotiationTests
{
    [Fact]
    public void The_offer_is_the_devices_with_vhosts_own_bits()
    {
        using var bench = new BackendBench(new FakeDevice());
        using var frontend = bench.Connect();
        Assert.Equal(VirtioFeatures.Rings | VhostFeatures.All, frontend.AskNumber(FrontendRequest.GetFeatures));
        Assert.Equal(BackendFeatures.For(16), (ProtocolFeatures)frontend.AskNumber(FrontendRequest.GetProtocolFeatures));
        Assert.Equal(2ul, frontend.AskNumber(FrontendRequest.GetQueueNum));
        Assert.Equal(509ul, frontend.AskNumber(FrontendRequest.GetMaxMemSlots));
    }

    [Fact]
    public void A_device_without_configuration_offers_none()
    {
        using var bench = new BackendBench(new FakeDevice(configLength: 0));
        using var frontend = bench.Connect();
        Assert.Equal(BackendFeatures.Always, (ProtocolFeatures)frontend.AskNumber(FrontendRequest.GetProtocolFeatures));
    }

    [Fact]
    public void Bits_that_were_not_offered_are_refused_and_the_session_goes_on()
    {
        using var bench = new BackendBench(new FakeDevice());
        using var frontend = bench.Connect();
        Assert.Equal(1ul, frontend.Ack(FrontendRequest.SetFeatures, Bytes(1UL << 33)));
        Assert.Equal(1ul, frontend.Ack(FrontendRequest.SetProtocolFeatures, Bytes((ulong)ProtocolFeatures.PageFault)));
        Assert.Equal(1ul, frontend.Ack(FrontendRequest.SetProtocolFeatures, Bytes((ulong)ProtocolFeatures.GetVringBaseInflight)));
        frontend.Tell(FrontendRequest.SetFeatures, Bytes(VirtioFeatures.Version1));
        WaitFor.Condition(() => bench.Lines.Any(line => line.Contains("0x200000000 that were not offered")), "the reason is logged");
    }

    [Fact]
    public void Without_a_wish_for_an_acknowledgement_a_refusal_ends_the_session_and_the_next_is_served()
    {
        var device = new FakeDevice();
        using var bench = new BackendBench(device);
        using (var frontend = bench.Connect())
        {
            frontend.Send(FrontendRequest.SetFeatures, 1UL << 33);
            frontend.ExpectEnd();
        }
        using var next = bench.Connect();
        Assert.NotEqual(0ul, next.AskNumber(FrontendRequest.GetFeatures));
        Assert.Equal(1, device.Count<DeviceOperation.Reset>());
        Assert.Equal(2, device.Count<DeviceOperation.Attach>());
    }

    [Fact]
    public void A_message_whose_feature_was_declined_ends_the_session()
    {
        using var bench = new BackendBench(new FakeDevice());
        using var frontend = bench.Connect();
        frontend.Send(FrontendRequest.SetProtocolFeatures, (ulong)ProtocolFeatures.ReplyAck);
        frontend.Send(FrontendRequest.GetQueueNum);
        frontend.ExpectEnd();
        Assert.Contains("GET_QUEUE_NUM: needs the protocol feature MultiQueue", bench.Lines.First(line => line.Contains("ended")));
    }

    [Fact]
    public void A_frontend_that_never_chose_protocol_features_may_use_all_that_are_offered()
    {
        using var bench = new BackendBench(new FakeDevice());
        using var frontend = bench.Connect();
        frontend.Tell(FrontendRequest.SetStatus, Bytes(8ul));
        Assert.Equal(8ul, frontend.AskNumber(FrontendRequest.GetStatus));
    }

    [Fact]
    public void Configuration_is_read_clipped_and_written()
    {
        var device = new FakeDevice(configLength: 4);
        using var bench = new BackendBench(device);
        using var frontend = bench.Connect();
        var reply = frontend.Ask(FrontendRequest.GetConfig, [.. Bytes(new ConfigHeader(2, 4, 0)), 0, 0, 0, 0]);
        Assert.Equal([.. Bytes(new ConfigHeader(2, 4, 0)), 3, 4, 0, 0], reply);
        frontend.Tell(FrontendRequest.SetConfig, [.. Bytes(new ConfigHeader(0, 6, 0)), 9, 8, 7, 6, 5, 4]);
        Assert.Equal([9, 8, 7, 6], device.Config);
        Assert.Equal(1ul, frontend.Ack(FrontendRequest.SetConfig, [.. Bytes(new ConfigHeader(0, 5, 0)), 1, 2, 3, 4]));
        Assert.Equal(1ul, frontend.Ack(FrontendRequest.SetConfig, [.. Bytes(new ConfigHeader(0, 1, 7)), 1]));
        Assert.Empty(frontend.Ask(FrontendRequest.GetConfig, [.. Bytes(new ConfigHeader(200, 100, 0)), .. new byte[100]]));
    }

    [Fact]
    public void A_configuration_that_the_device_refuses_is_an_empty_reply()
    {
        using var bench = new BackendBench(new FakeDevice { Refuse = operation => operation is DeviceOperation.ReadConfig ? "not now" : null });
        using var frontend = bench.Connect();
        Assert.Empty(frontend.Ask(FrontendRequest.GetConfig, [.. Bytes(new ConfigHeader(0, 1, 0)), 0]));
    }

    [Fact]
    public void Status_zero_and_reset_reset_the_device()
    {
        var device = new FakeDevice();
        using var bench = new BackendBench(device);
        using var frontend = bench.Connect();
        frontend.Tell(FrontendRequest.SetStatus, Bytes(0ul));
        Assert.Equal(0, device.Count<DeviceOperation.Reset>());
        frontend.Tell(FrontendRequest.SetStatus, Bytes(0xful));
        frontend.Tell(FrontendRequest.SetStatus, Bytes(0ul));
        Assert.Equal(1, device.Count<DeviceOperation.Reset>());
        frontend.Tell(FrontendRequest.ResetDevice);
        Assert.Equal(2, device.Count<DeviceOperation.Reset>());
        Assert.Equal(1ul, frontend.Ack(FrontendRequest.SetStatus, Bytes(0x100ul)));
    }
}
