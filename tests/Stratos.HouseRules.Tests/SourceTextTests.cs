namespace Stratos.HouseRules.Tests;

public sealed class SourceTextTests
{
    [Theory]
    [InlineData("a(); // Thread.Sleep", "a();")]
    [InlineData("a(/* x */ 1);", "a(  1);")]
    [InlineData("a(\"Thread.Sleep\", 'x');", "a( ,  );")]
    [InlineData("a(\"quote \\\" Thread.Sleep\");", "a( );")]
    [InlineData("a(@\"c:\\\", 1);", "a(@ , 1);")]
    [InlineData("a(\"\"\"Thread \"x\" Sleep\"\"\");", "a( );")]
    [InlineData("var x = '\"'; b();", "var x =  ; b();")]
    public void Comments_and_strings_are_no_code(string text, string code) => Assert.Equal(code, SourceText.CodeOf(text).Trim());

    [Fact]
    public void Lines_keep_their_numbers() =>
        Assert.Equal(4, SourceText.CodeOf("a\n/* b\nc */\nd").Split('\n').Length);
}
