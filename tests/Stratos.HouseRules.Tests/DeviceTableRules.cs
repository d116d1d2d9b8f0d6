namespace Stratos.HouseRules.Tests;

/// <summary>docs/devices.md says what the tests prove, no more and no less.</summary>
public sealed class DeviceTableRules
{
    [Fact]
    public void The_document_is_made_of_the_tests()
    {
        string written = DeviceTable.Write();
        if (Environment.GetEnvironmentVariable("STRATOS_WRITE_DOCS") == "1")
            File.WriteAllText(Path.Combine(SourceTree.Root, DeviceTable.File), written);
        Assert.Equal(written, SourceTree.Exists(DeviceTable.File) ? SourceTree.Read(DeviceTable.File) : "");
    }

    [Fact]
    public void A_proof_is_read_with_its_test_and_tool()
    {
        const string text = """
                [Fact]
                [Proves("gpio", "VIRTIO_GPIO_F_IRQ", "5.18.3")]
                [Proves("gpio", "edges", "5.18.6.7", With = "gpiomon")]
                public async Task Edges_are_counted()
            """;
        Assert.Equal(
            [new Proof("gpio", "VIRTIO_GPIO_F_IRQ", "5.18.3", "", "GpioTests.Edges_are_counted"), new("gpio", "edges", "5.18.6.7", "gpiomon", "GpioTests.Edges_are_counted")],
            DeviceTable.Read("tests/X/GpioTests.cs", text));
    }

    [Theory]
    [InlineData("[Proves(\"gpio\", What, \"5.18\")]\npublic void Test() {}", "tests/X.cs:1")]
    [InlineData("[Proves(\"gpio\", \"a\", \"5.18\")]\nprivate int x;", "followed by no test")]
    public void A_proof_that_cannot_be_read_is_told(string text, string part) =>
        Assert.Contains(part, Assert.Throws<FormatException>(() => DeviceTable.Read("tests/X.cs", text).ToList()).Message, StringComparison.Ordinal);
}
