using Stratos.Transports.VhostUser.Protocol.Framing;
using Stratos.Transports.VhostUser.Protocol.Keeper;
using Stratos.Transports.VhostUser.Protocol.Messages;

namespace Stratos.Transports.VhostUser.Protocol.Tests;

/// <summary>The table of messages is complete, and each bound in it is enforced with a text that says the numbers.</summary>
public sealed class RuleTests
{
    public static TheoryData<MessageRule> Rules =>
        [.. FrontendRules.All, .. BackendRules.All, KeeperRules.Hello, KeeperRules.Attach, KeeperRules.Grant, KeeperRules.End];

    [Fact]
    public void Every_request_has_its_rule()
    {
        foreach (var request in Enum.GetValues<FrontendRequest>().Where(r => r != FrontendRequest.None))
            Assert.Equal((uint)request, FrontendRules.Of(request).Request);
        foreach (var request in Enum.GetValues<BackendRequest>().Where(r => r != BackendRequest.None))
            Assert.Equal((uint)request, BackendRules.Find((uint)request)!.Request);
        foreach (var request in Enum.GetValues<KeeperRequest>().Where(r => r != KeeperRequest.None))
            Assert.Equal((uint)request, KeeperRules.Find((uint)request)!.Request);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(45u)]
    [InlineData(uint.MaxValue)]
    public void Other_numbers_have_none(uint request)
    {
        Assert.Null(FrontendRules.Find(request));
        Assert.Null(BackendRules.Find(request));
        Assert.Null(KeeperRules.Find(request));
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Bounds_are_enforced(MessageRule rule)
    {
        Assert.Null(rule.CheckRequest(MessageHeader.ForRequest(rule.Request, rule.MinPayload), rule.MinDescriptors));
        Assert.Null(rule.CheckRequest(MessageHeader.ForRequest(rule.Request, rule.MaxPayload), rule.MaxDescriptors));
        Assert.Contains(rule.Name, rule.CheckRequest(MessageHeader.ForRequest(rule.Request, rule.MaxPayload + 1), rule.MinDescriptors));
        Assert.Contains(rule.Name, rule.CheckRequest(MessageHeader.ForRequest(rule.Request, rule.MaxPayload), rule.MaxDescriptors + 1));
        Assert.Contains("reply flag", rule.CheckRequest(MessageHeader.ForReply(rule.Request, rule.MaxPayload), rule.MaxDescriptors));
        if (rule.MinPayload > 0)
            Assert.Contains(rule.Name, rule.CheckRequest(MessageHeader.ForRequest(rule.Request, rule.MinPayload - 1), rule.MinDescriptors));
        if (rule.MinDescriptors > 0)
            Assert.Contains(rule.Name, rule.CheckRequest(MessageHeader.ForRequest(rule.Request, rule.MinPayload), rule.MinDescriptors - 1));
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Replies_are_checked(MessageRule rule)
    {
        Assert.Null(rule.CheckReply(MessageHeader.ForReply(rule.Request, rule.MinReply), 0));
        Assert.Null(rule.CheckReply(MessageHeader.ForReply(rule.Request, rule.MaxReply), rule.MaxReplyDescriptors));
        Assert.NotNull(rule.CheckReply(MessageHeader.ForReply(rule.Request, rule.MaxReply + 1), 0));
        Assert.NotNull(rule.CheckReply(MessageHeader.ForReply(rule.Request, rule.MaxReply), rule.MaxReplyDescriptors + 1));
        Assert.NotNull(rule.CheckReply(MessageHeader.ForReply(rule.Request + 1, rule.MaxReply), 0));
        Assert.NotNull(rule.CheckReply(MessageHeader.ForRequest(rule.Request, rule.MaxReply), 0));
    }

    [Fact]
    public void No_message_is_longer_than_the_parser_takes()
    {
        foreach (var rule in FrontendRules.All.Concat(BackendRules.All))
            Assert.InRange(Math.Max(rule.MaxPayload, rule.MaxReply), 0, FrameParser.LongestPayload);
        Assert.InRange(KeeperHello.Length, 0, FrameParser.LongestPayload);
    }

    [Fact]
    public void An_error_names_message_expected_and_got() => Assert.Equal(
        "SET_VRING_ADDR: payload has 39 bytes, 40 expected",
        FrontendRules.Of(FrontendRequest.SetVringAddr).CheckRequest(MessageHeader.ForRequest(9, 39), 0));
}
