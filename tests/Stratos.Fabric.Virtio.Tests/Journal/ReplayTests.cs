using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Journal;

namespace Stratos.Fabric.Virtio.Tests.Journal;

public sealed class ReplayTests
{
    [Theory]
    [InlineData(RequestPhase.Fetched, ReplayClass.Repeatable, ReplayDecision.Run)]
    [InlineData(RequestPhase.Fetched, ReplayClass.Unrepeatable, ReplayDecision.Run)]
    [InlineData(RequestPhase.Started, ReplayClass.Repeatable, ReplayDecision.Run)]
    [InlineData(RequestPhase.Started, ReplayClass.Unrepeatable, ReplayDecision.Resolve)]
    [InlineData(RequestPhase.Finished, ReplayClass.Repeatable, ReplayDecision.Publish)]
    [InlineData(RequestPhase.Finished, ReplayClass.Unrepeatable, ReplayDecision.Publish)]
    public void Decides_by_phase_and_class(RequestPhase phase, ReplayClass replayClass, ReplayDecision decision) =>
        Assert.Equal(decision, Replay.Decide(phase, replayClass));

    [Theory]
    [InlineData(RequestPhase.Fetched, 0U)]
    [InlineData(RequestPhase.Started, 0U)]
    [InlineData(RequestPhase.Finished, 0U)]
    [InlineData(RequestPhase.Finished, uint.MaxValue)]
    public void A_phase_word_says_what_was_written(RequestPhase phase, uint written)
    {
        foreach (ulong sequence in (ulong[])[0, 1, (1UL << 30) - 1, 1UL << 30, ulong.MaxValue])
        {
            Assert.Equal((phase, written), PhaseWord.Read(PhaseWord.Of(sequence, phase, written), sequence));
        }
    }

    [Fact]
    public void A_phase_word_of_another_request_or_without_sense_says_fetched()
    {
        Assert.Equal((RequestPhase.Fetched, 0U), PhaseWord.Read(PhaseWord.Of(7, RequestPhase.Finished, 9), 8));
        Assert.Equal((RequestPhase.Fetched, 0U), PhaseWord.Read(PhaseWord.Of(8, (RequestPhase)3, 9), 8));
    }
}
