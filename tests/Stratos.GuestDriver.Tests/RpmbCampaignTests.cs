using Stratos.Fabric.Devices.Rpmb;
using Stratos.Fabric.Devices.Rpmb.Client;

namespace Stratos.GuestDriver.Tests;

/// <summary>The campaign's account against a card in this process, honest and dishonest.</summary>
public sealed class RpmbCampaignTests
{
    [Fact]
    public void An_honest_card_is_counted_exactly()
    {
        using CardChannel channel = new();
        RpmbCampaign campaign = Campaign(channel, out RpmbClient owner);
        int rounds = 0;
        campaign.Run(() => ++rounds == 40);
        Assert.Equal((40u, 5u), (campaign.Writes, campaign.Refused));
        Assert.Equal(RpmbResult.Ok, owner.ReadCounter(out uint counter));
        Assert.Equal(40u, counter);
        // A second run goes on from there.
        Campaign(channel, out _, program: false).Run(static () => true);
    }

    [Fact]
    public void A_write_that_happens_twice_is_found()
    {
        using CardChannel channel = new() { Repeat = true };
        Assert.Contains("write 0 was answered CountFailure", Assert.Throws<RpmbForgeryException>(() => Campaign(channel, out _).Run(static () => true)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_response_that_was_changed_on_its_way_is_found()
    {
        using CardChannel channel = new() { Flip = 260 };
        Assert.Contains("MAC", Assert.Throws<RpmbForgeryException>(() => Campaign(channel, out _).Run(static () => true)).Message, StringComparison.Ordinal);
    }

    private static RpmbCampaign Campaign(CardChannel channel, out RpmbClient owner, bool program = true)
    {
        owner = new RpmbClient(channel, CardChannel.Key);
        if (program)
        {
            int flip = channel.Flip;
            channel.Flip = 0;
            owner.ProgramKey();
            channel.Flip = flip;
        }
        return new RpmbCampaign(owner, new RpmbClient(channel, new byte[32]));
    }
}
