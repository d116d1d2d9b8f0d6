using Stratos.Fabric.Devices.Simulation;

namespace Stratos.Fabric.Devices.Tests.Simulation;

/// <summary>Changes of a board happen whole or not at all, and by one owner at a time.</summary>
public sealed class BoardTransactionTests
{
    private const int Log = 256;

    [Fact]
    public void What_was_not_made_final_is_taken_back_newest_first()
    {
        using var board = BoardMemory.Private(Log + 16);
        BoardTransaction transaction = new(board, 0, Log);
        transaction.Write(Log, [1, 2, 3]);
        transaction.Commit();
        transaction.Write(Log + 1, [7, 7]);
        transaction.Write(Log + 2, [9]);
        Assert.True(transaction.IsOpen);
        Assert.Equal([1, 7, 9], transaction.Read(Log, 3).ToArray());
        transaction.Rollback();
        Assert.False(transaction.IsOpen);
        Assert.Equal([1, 2, 3], transaction.Read(Log, 3).ToArray());
    }

    [Fact]
    public void A_death_between_any_two_stores_leaves_all_or_nothing()
    {
        int steps = Play(dieAt: int.MaxValue, out byte[] after);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], after);
        for (int death = 1; death <= steps; death++)
        {
            Play(death, out byte[] found);
            byte[] expected = death < steps ? new byte[8] : [1, 2, 3, 4, 5, 6, 7, 8];
            Assert.Equal(expected, found);
        }
    }

    [Fact]
    public void A_log_without_room_refuses_and_changes_nothing()
    {
        using var board = BoardMemory.Private(64 + 64);
        BoardTransaction transaction = new(board, 0, 64);
        Assert.Contains("no room", Assert.Throws<InvalidOperationException>(() => transaction.Write(64, new byte[64])).Message, StringComparison.Ordinal);
        Assert.False(transaction.IsOpen);
    }

    [Fact]
    public void One_owner_at_a_time_has_the_board()
    {
        string path = Path.GetTempFileName();
        try
        {
            using var first = BoardMemory.Open(path, "x", 8);
            using var second = BoardMemory.Open(path, "x", 8);
            Assert.True(first.TryEnter(TimeSpan.Zero));
            Assert.False(second.TryEnter(TimeSpan.FromMilliseconds(5)));
            first.Exit();
            Assert.True(second.TryEnter(TimeSpan.Zero));
            second.Exit();
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static int Play(int dieAt, out byte[] found)
    {
        using var board = BoardMemory.Private(Log + 8);
        int steps = 0;
        byte[]? atDeath = null;
        BoardTransaction transaction = new(board, 0, Log)
        {
            Probe = () => atDeath = ++steps == dieAt ? board.Bytes.ToArray() : atDeath,
        };
        transaction.Write(Log, [1, 2]);
        transaction.Write(Log + 2, [3, 4, 5]);
        transaction.Write(Log + 5, [6, 7, 8]);
        transaction.Commit();
        atDeath?.CopyTo(board.Bytes);
        new BoardTransaction(board, 0, Log).Rollback();
        found = board.Bytes[Log..].ToArray();
        return steps;
    }
}
