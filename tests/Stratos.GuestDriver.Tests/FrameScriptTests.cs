namespace Stratos.GuestDriver.Tests;

/// <summary>Requests as text.</summary>
public sealed class FrameScriptTests
{
    [Fact]
    public void Responses_come_as_lines()
    {
        using CardChannel channel = new();
        using StringWriter output = new();
        FrameScript.Run(["1 " + new string('0', 1020) + "0002", "", "0 " + new string('0', 1020) + "0003"], channel, output);
        string[] lines = output.ToString().Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.EndsWith("00070200", lines[0], StringComparison.Ordinal);
        Assert.Empty(lines[1]);
    }

    [Theory]
    [InlineData("00")]
    [InlineData("x 00")]
    [InlineData("65 00")]
    [InlineData("1 0g")]
    public void A_line_that_is_no_request_is_refused(string line)
    {
        using CardChannel channel = new();
        Assert.Throws<FormatException>(() => FrameScript.Run([line], channel, TextWriter.Null));
    }
}
