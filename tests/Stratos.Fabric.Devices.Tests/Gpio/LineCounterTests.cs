using Stratos.Fabric.Devices.Gpio.Linux;

namespace Stratos.Fabric.Devices.Tests.Gpio;

/// <summary>Transitions by what the kernel reports: numbered edges, the first of which may be older than the level.</summary>
public sealed class LineCounterTests
{
    [Theory]
    [InlineData(false, 2)]
    [InlineData(true, 3)]
    public void A_count_begins_with_the_level(bool level, ulong expected)
    {
        LineCounter counter = new();
        counter.Begin(level);
        Assert.Equal(expected, counter.Transitions);
    }

    [Fact]
    public void Edges_are_counted()
    {
        LineCounter counter = new();
        counter.Begin(false);
        for (uint number = 1; number <= 10; number++)
        {
            counter.Take(isRising: number % 2 == 1, number);
            Assert.Equal(2 + (ulong)number, counter.Transitions);
        }
    }

    [Fact]
    public void An_edge_that_the_level_shows_already_is_not_counted_twice()
    {
        LineCounter counter = new();
        counter.Begin(true);
        counter.Take(isRising: true, 1);
        Assert.Equal(3ul, counter.Transitions);
        counter.Take(isRising: false, 2);
        Assert.Equal(4ul, counter.Transitions);
    }

    [Fact]
    public void Edges_that_the_kernel_dropped_are_counted_by_their_numbers()
    {
        LineCounter counter = new();
        counter.Begin(false);
        counter.Take(isRising: true, 1);
        counter.Take(isRising: true, 5);
        Assert.Equal(7ul, counter.Transitions);
    }

    [Fact]
    public void A_new_beginning_never_counts_back()
    {
        LineCounter counter = new();
        counter.Begin(false);
        counter.Take(isRising: true, 1);
        counter.Begin(true);
        Assert.Equal(3ul, counter.Transitions);
        counter.Begin(false);
        Assert.Equal(4ul, counter.Transitions);
        counter.Take(isRising: true, 1);
        Assert.Equal(5ul, counter.Transitions);
    }
}
