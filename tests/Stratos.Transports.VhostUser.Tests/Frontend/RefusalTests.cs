using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Spec;
using Stratos.Transports.VhostUser.Frontend;
using Stratos.Transports.VhostUser.Protocol.Messages;

namespace Stratos.Transports.VhostUser.Tests.Frontend;

/// <summary>What a frontend says of a backend that is not there, lacks something, or breaks the protocol.</summary>
public sealed class RefusalTests
{
    private static readonly FrontendOptions s_options = new() { Features = VirtioFeatures.Rings, Timeout = TimeSpan.FromSeconds(5) };

    [Fact]
    public void Nobody_listens()
    {
        var failure = Assert.Throws<LinuxException>(() => VhostUserFrontend.Connect("/nonexistent/device.sock", s_options));
        Assert.Contains("/nonexistent/device.sock", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_required_feature_is_missing()
    {
        var refused = Assert.Throws<BackendRefusedException>(() =>
            ScriptedBackend.Connect(ScriptedBackend.Plain, s_options with { RequiredFeatures = VirtioFeatures.RingPacked }));
        Assert.Contains("offers features 0x100000000 and lacks 0x400000000", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_backend_hangs_up()
    {
        var lost = Assert.Throws<BackendLostException>(() => ScriptedBackend.Connect(_ => null, s_options));
        Assert.Contains("closed the connection instead of answering GET_FEATURES", lost.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_backend_does_not_answer()
    {
        var late = Assert.Throws<TimeoutException>(() => ScriptedBackend.Connect(_ => [], s_options with { Timeout = TimeSpan.FromMilliseconds(50) }));
        Assert.Contains("no answer to GET_FEATURES within 0.05 s", late.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_answer_is_to_another_request()
    {
        var refused = Assert.Throws<BackendRefusedException>(() => ScriptedBackend.Connect(_ => ScriptedBackend.Reply(15, 0), s_options));
        Assert.Contains("the reply is to request 15, not to 1", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_answer_is_longer_than_any_message()
    {
        var refused = Assert.Throws<BackendRefusedException>(() =>
            ScriptedBackend.Connect(_ => [.. BitConverter.GetBytes(1), .. BitConverter.GetBytes(5), .. BitConverter.GetBytes(1 << 30)], s_options));
        Assert.Contains("payload of 1073741824 bytes", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_request_is_refused_by_its_acknowledgement()
    {
        var refused = Assert.Throws<BackendRefusedException>(() => ScriptedBackend.Connect(
            header => header.Frontend switch
            {
                FrontendRequest.GetFeatures => ScriptedBackend.Reply(header, VirtioFeatures.Version1 | VhostFeatures.ProtocolFeatures),
                FrontendRequest.GetProtocolFeatures => ScriptedBackend.Reply(header, (ulong)ProtocolFeatures.ReplyAck),
                FrontendRequest.SetOwner => ScriptedBackend.Reply(header, 22),
                _ => [],
            },
            s_options));
        Assert.Contains("refused SET_OWNER with 22", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_backend_without_protocol_features_is_served_with_what_there_is()
    {
        using var frontend = ScriptedBackend.Connect(ScriptedBackend.Plain, s_options);
        Assert.Equal(VirtioFeatures.Version1, frontend.Features);
        Assert.Equal(ProtocolFeatures.None, frontend.ProtocolFeatures);
        frontend.AddQueue(0, 4);
        frontend.Start();
        var refused = Assert.Throws<BackendRefusedException>(() => frontend.ReadConfig(0, new byte[8]));
        Assert.Contains("does not offer its configuration space", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Queues_are_added_before_the_start()
    {
        using var frontend = ScriptedBackend.Connect(ScriptedBackend.Plain, s_options);
        frontend.AddQueue(0, 4);
        frontend.Start();
        Assert.Throws<InvalidOperationException>(() => frontend.AddQueue(1, 4));
    }
}
