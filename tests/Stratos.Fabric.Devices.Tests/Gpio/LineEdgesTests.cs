using Stratos.Fabric.Devices.Gpio;

namespace Stratos.Fabric.Devices.Tests.Gpio;

/// <summary>Edges as differences of counts, against a line that is walked step by step.</summary>
public sealed class LineEdgesTests
{
    [Fact]
    public void Taking_edge_after_edge_takes_each_edge_of_the_type_once()
    {
        foreach (GpioInterruptType type in new[] { GpioInterruptType.RisingEdge, GpioInterruptType.FallingEdge, GpioInterruptType.BothEdges })
        {
            for (ulong from = 0; from < 6; from++)
            {
                for (ulong to = from; to < 12; to++)
                {
                    ulong seen = from;
                    foreach (ulong edge in Walk(type, from, to))
                    {
                        Assert.True(LineEdges.TryTake(type, seen, to, latch: 100, out ulong after, out ulong merged));
                        Assert.Equal((edge, 0ul), (after, merged));
                        seen = after;
                    }
                    Assert.False(LineEdges.TryTake(type, seen, to, latch: 100, out _, out _));
                }
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void No_more_edges_wait_than_the_latch_holds(ulong latch)
    {
        foreach (GpioInterruptType type in new[] { GpioInterruptType.RisingEdge, GpioInterruptType.FallingEdge, GpioInterruptType.BothEdges })
        {
            List<ulong> edges = [.. Walk(type, 5, 40)];
            Assert.True(LineEdges.TryTake(type, 5, 40, latch, out ulong after, out ulong merged));
            Assert.Equal((ulong)edges.Count - latch, merged);
            Assert.Equal(latch - 1, LineEdges.Count(type, after, 40));
            Assert.Contains(after, edges);
        }
    }

    [Fact]
    public void Levels_and_counts_that_went_back_are_no_edges()
    {
        Assert.False(LineEdges.TryTake(GpioInterruptType.HighLevel, 0, 10, 1, out _, out _));
        Assert.False(LineEdges.TryTake(GpioInterruptType.BothEdges, 10, 3, 1, out _, out _));
    }

    [Theory]
    [InlineData(4, 10, false, 10)]
    [InlineData(5, 10, false, 9)]
    [InlineData(5, 10, true, 9)]
    [InlineData(4, 10, true, 8)]
    [InlineData(5, 3, true, 1)]
    [InlineData(4, 2, true, 0)]
    public void A_new_run_of_counting_finds_the_level_changed_or_not(ulong seen, ulong now, bool owed, ulong expected)
    {
        Assert.Equal(expected, LineEdges.Carry(seen, now, owed));
        Assert.Equal(seen & 1, LineEdges.Carry(seen, now, owed) & 1);
    }

    private static IEnumerable<ulong> Walk(GpioInterruptType type, ulong from, ulong to)
    {
        for (ulong transition = from + 1; transition <= to; transition++)
        {
            bool rising = transition % 2 == 1;
            if (type is GpioInterruptType.BothEdges || rising == (type is GpioInterruptType.RisingEdge)) { yield return transition; }
        }
    }
}
