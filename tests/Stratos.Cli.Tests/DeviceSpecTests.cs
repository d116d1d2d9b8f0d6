using Stratos.Cli.Devices;

namespace Stratos.Cli.Tests;

public sealed class DeviceSpecTests
{
    [Theory]
    [InlineData("block:disk0,memory=64M")]
    [InlineData("block:disk-0.a,file=/srv/a,,b.img,queues=4,read-only=true")]
    [InlineData("entropy:rng0")]
    public void AWordIsReadAndWrittenBack(string text) => Assert.Equal(text, DeviceSpec.Parse(text).ToString());

    [Fact]
    public void ACommaInAValueIsWrittenTwice() =>
        Assert.Equal("/srv/a,b.img", DeviceSpec.Parse("block:disk0,file=/srv/a,,b.img").Options["file"]);

    [Theory]
    [InlineData("disk0", "KIND:NAME")]
    [InlineData("blok:disk0", "block")]
    [InlineData("block:disk 0,memory=1M", "is not a device name")]
    [InlineData("block:,memory=1M", "is not a device name")]
    [InlineData("block:disk0,memory=1M,memory=2M", "given twice")]
    public void AWrongWordIsToldWithTheRemedy(string text, string part) =>
        Assert.Contains(part, Assert.Throws<ArgumentException>(() => DeviceSpec.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void AnUnknownOptionIsToldWithTheNearest() =>
        Assert.Contains("memory", Assert.Throws<ArgumentException>(() => DeviceSpec.Parse("block:disk0,memry=1M").Create()).Message, StringComparison.Ordinal);
}
