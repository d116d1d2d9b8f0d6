using Stratos.Fabric.Devices.Can;
using Stratos.Fabric.Devices.Can.Bus;

namespace Stratos.Fabric.Devices.Tests.Can;

public sealed class CanOptionsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("stratos-can-").FullName;

    private string Board => Path.Combine(_folder, "bus");

    [Fact]
    public void All_features_are_offered_unless_they_are_switched_off()
    {
        Assert.Equal(0xFul, new CanOptions().Features);
        Assert.Equal(1ul, new CanOptions { ClassicOnly = true, WithoutRemoteRequests = true, EarlyAcknowledgement = true }.Features);
    }

    [Fact]
    public void A_device_without_a_session_has_a_configuration_already()
    {
        byte[] status = [0xEE, 0xEE];
        CanDevice.Create(new()).ReadConfig(0, status);
        Assert.Equal([0, 0], status);
    }

    [Theory]
    [InlineData(999, 0, "bitrate: 999")]
    [InlineData(1_000_001, 0, "bitrate: 1000001")]
    [InlineData(500_000, 499_999, "data-bitrate: 499999")]
    [InlineData(0, 2_000_000, "data-bitrate: 2000000")]
    public void A_speed_that_no_bus_has_is_refused(int bitrate, int dataBitrate, string why) => Assert.StartsWith(
        why, Assert.Throws<ArgumentException>(() => CanDevice.Create(new() { BitRate = bitrate, DataBitRate = dataBitrate })).Message, StringComparison.Ordinal);

    [Fact]
    public void A_board_needs_a_station_and_a_folder()
    {
        Assert.StartsWith("station:", Assert.Throws<ArgumentException>(() => CanDevice.Create(new() { Board = Board })).Message, StringComparison.Ordinal);
        Assert.StartsWith("board:", Assert.Throws<ArgumentException>(() => CanDevice.Create(new() { Board = "/nowhere/bus", Station = "a" })).Message, StringComparison.Ordinal);
        Assert.StartsWith("patience:", Assert.Throws<ArgumentException>(() => CanDevice.Create(new() { PatienceMilliseconds = 60_001 })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_board_of_another_speed_is_refused()
    {
        CanBus.Open(Board, new(500_000, 2_000_000)).Dispose();
        ArgumentException refused = Assert.Throws<ArgumentException>(() => CanDevice.Create(new() { Board = Board, Station = "a", BitRate = 250_000 }));
        Assert.Contains("can 500000/2000000", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("000", "001", false)]
    [InlineData("100-1FF", "1ff", true)]
    [InlineData("100-1FF+7DF", "7DF", true)]
    [InlineData("100-1FF", "00000100", false)]
    [InlineData("18DA0000-18DAFFFF", "18DA10F1", true)]
    [InlineData("none", "001", false)]
    public void Ranges_are_read_as_candump_writes_identifiers(string ranges, string id, bool contains)
    {
        CanFrame frame = new(Convert.ToUInt32(id, 16), 0, id.Length == 8 ? CanFrameFlags.Extended : CanFrameFlags.None);
        Assert.Equal(contains, CanIdRanges.Parse("transmit", ranges).Contains(frame));
        Assert.True(CanIdRanges.Everything.Contains(frame));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("800")]
    [InlineData("200-100")]
    [InlineData("100-")]
    [InlineData("100-00000200")]
    [InlineData("20000000")]
    [InlineData("100+")]
    [InlineData("10G")]
    [InlineData("100-1FF-200")]
    public void What_is_no_range_is_refused_with_the_remedy(string text)
    {
        ArgumentException refused = Assert.Throws<ArgumentException>(() => CanIdRanges.Parse("receive", text));
        Assert.StartsWith("receive:", refused.Message, StringComparison.Ordinal);
        Assert.Contains("100-1FF", refused.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
