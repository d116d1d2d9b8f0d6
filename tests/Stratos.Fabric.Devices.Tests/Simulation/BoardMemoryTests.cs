using Stratos.Fabric.Devices.Simulation;

namespace Stratos.Fabric.Devices.Tests.Simulation;

/// <summary>Simulated hardware outlives who serves it, and is not taken for other hardware.</summary>
public sealed class BoardMemoryTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("stratos-board-").FullName;

    private string Board => Path.Combine(_folder, "board");

    [Fact]
    public void A_new_board_is_zero_and_everybody_sees_the_same()
    {
        using var first = BoardMemory.Open(Board, "gpio 32", 100);
        using var second = BoardMemory.Open(Board, "gpio 32", 100);
        Assert.Equal(new byte[100], first.Bytes.ToArray());
        first.Bytes[99] = 7;
        Assert.Equal(7, second.Bytes[99]);
    }

    [Fact]
    public void A_board_is_found_again_as_it_was_left()
    {
        using (var first = BoardMemory.Open(Board, "eeprom", 8)) { first.Bytes[0] = 1; }
        using var second = BoardMemory.Open(Board, "eeprom", 8);
        Assert.Equal(1, second.Bytes[0]);
    }

    [Theory]
    [InlineData("gpio 16", 100, "holds 'gpio 32'")]
    [InlineData("gpio 32", 50, "has 164 bytes and 114 are expected")]
    public void Another_board_s_file_is_refused(string kind, int length, string why)
    {
        BoardMemory.Open(Board, "gpio 32", 100).Dispose();
        ArgumentException refused = Assert.Throws<ArgumentException>(() => BoardMemory.Open(Board, kind, length));
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
        Assert.Contains(Board, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_board_s_is_refused()
    {
        File.WriteAllBytes(Board, [.. Enumerable.Repeat((byte)1, 72)]);
        Assert.Contains("no board's file", Assert.Throws<ArgumentException>(() => BoardMemory.Open(Board, "x", 8)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Private_hardware_is_nobody_else_s()
    {
        using var first = BoardMemory.Private(8);
        using var second = BoardMemory.Private(8);
        first.Bytes[0] = 1;
        Assert.Equal(0, second.Bytes[0]);
    }

    [Fact]
    public void Whoever_waits_for_a_change_is_woken_by_its_announcement()
    {
        using var first = BoardMemory.Open(Board, "gpio 32", 100);
        using var second = BoardMemory.Open(Board, "gpio 32", 100);
        uint seen = second.Changes;
        Assert.False(second.WaitForChange(seen, TimeSpan.FromMilliseconds(1)));
        Thread waiter = new(() => { while (second.Changes == seen) { second.WaitForChange(seen, Timeout.InfiniteTimeSpan); } });
        waiter.Start();
        first.Announce();
        Assert.True(waiter.Join(TimeSpan.FromSeconds(30)));
        Assert.Equal(0, second.Bytes[0]);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
