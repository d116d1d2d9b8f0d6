using System.Text;

namespace Stratos.Workload.Tests;

/// <summary>The check of a numbered stream finds what went wrong and nothing else.</summary>
public sealed class NumberedStreamTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(16)]
    [InlineData(100)]
    public void A_whole_stream_is_whole_in_pieces_of_any_length(int piece)
    {
        var check = new NumberedStreamCheck();
        var bytes = Records(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        for (var at = 0; at < bytes.Length; at += piece)
            check.Feed(bytes.AsSpan(at, Math.Min(piece, bytes.Length - at)));
        AssertCounts(check, received: 10, lost: 0, repeated: 0, damaged: 0);
        Assert.Null(check.Problem);
        Assert.Equal((10L, 0), (check.Next, check.Partial));
    }

    [Fact]
    public void Missing_records_are_lost()
    {
        var check = Feed(Records(0, 1, 4, 5));
        AssertCounts(check, received: 3, lost: 2, repeated: 0, damaged: 0);
        Assert.Equal("record 4 came where record 2 was expected", check.Problem);
    }

    [Fact]
    public void Records_that_come_again_or_too_late_are_repeated()
    {
        AssertCounts(Feed(Records(0, 1, 1, 2)), received: 3, lost: 0, repeated: 1, damaged: 0);
        AssertCounts(Feed(Records(0, 2, 1, 3)), received: 2, lost: 1, repeated: 1, damaged: 0);
    }

    [Fact]
    public void Damaged_lines_are_told_and_the_stream_goes_on()
    {
        AssertCounts(Feed([.. Records(0), .. Encoding.ASCII.GetBytes("0000000x0000001\n"), .. Records(1)]), received: 2, lost: 0, repeated: 0, damaged: 1);
        AssertCounts(Feed([.. Records(0, 1)[..20], .. "\n"u8, .. Records(1)]), received: 2, lost: 0, repeated: 0, damaged: 1);
    }

    [Fact]
    public void A_byte_too_much_damages_its_record()
    {
        var bytes = Records(0, 1, 2).ToList();
        bytes.Insert(20, (byte)'0');
        var check = Feed([.. bytes]);
        Assert.True(check.Damaged > 0);
        Assert.NotNull(check.Problem);
    }

    private static NumberedStreamCheck Feed(byte[] bytes)
    {
        var check = new NumberedStreamCheck();
        check.Feed(bytes);
        return check;
    }

    private static byte[] Records(params long[] numbers)
    {
        var bytes = new byte[numbers.Length * NumberedStream.RecordLength];
        for (var i = 0; i < numbers.Length; i++)
            NumberedStream.Write(numbers[i], bytes.AsSpan(i * NumberedStream.RecordLength, NumberedStream.RecordLength));
        return bytes;
    }

    private static void AssertCounts(NumberedStreamCheck check, long received, long lost, long repeated, long damaged) =>
        Assert.Equal((received, lost, repeated, damaged), (check.Received, check.Lost, check.Repeated, check.Damaged));
}
