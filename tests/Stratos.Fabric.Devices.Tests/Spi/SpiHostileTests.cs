using Stratos.Fabric.Devices.Spi;
using Stratos.Fabric.Devices.Tests.Bench;
using Stratos.Fabric.Virtio.Driver;
using Stratos.Testing;

namespace Stratos.Fabric.Devices.Tests.Spi;

/// <summary>Virtio 1.4, section 5.21.6.4: every parameter is verified, each thing that a driver must not do, done.</summary>
public sealed class SpiHostileTests : IDisposable
{
    private readonly PlayedSpiPort _port = new();
    private readonly DeviceBench _bench;
    private readonly SpiGuest _guest;

    public SpiHostileTests()
    {
        _bench = new(new SpiControllerDevice(_port, SpiAccess.Parse("0")));
        _guest = new(_bench.World.Heap);
    }

    public static TheoryData<string, byte, byte, byte, byte, byte, byte, uint, uint, uint, uint, uint, uint> Invalid => new()
    {
        { "a chip select that there is not", 2, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 },
        { "a chip select that the guest may not use", 1, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 },
        { "words of no bits", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 },
        { "words of 33 bits", 0, 33, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 },
        { "words of a length that is not supported", 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 },
        { "a change of chip select that is not supported", 0, 8, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0 },
        { "a cs_change of 2", 0, 8, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0 },
        { "three lines to write on", 0, 8, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0 },
        { "two lines to write on, not supported", 0, 8, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0 },
        { "eight lines to read on, not supported", 0, 8, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0 },
        { "a reserved byte", 0, 8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0 },
        { "CPHA, not supported", 0, 8, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0 },
        { "CPOL, not supported", 0, 8, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0 },
        { "CS_HIGH, not supported", 0, 8, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0 },
        { "LSB_FIRST, not supported", 0, 8, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0 },
        { "LOOP, not supported", 0, 8, 0, 0, 0, 0, 16, 0, 0, 0, 0, 0 },
        { "an unknown mode", 0, 8, 0, 0, 0, 0, 32, 0, 0, 0, 0, 0 },
        { "too fast a clock", 0, 8, 0, 0, 0, 0, 0, 10_000_001, 0, 0, 0, 0 },
        { "a delay between words", 0, 8, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0 },
        { "a setup delay", 0, 8, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0 },
        { "a hold delay", 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0 },
        { "an inactive delay", 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 },
    };

    [Theory]
    [MemberData(nameof(Invalid))]
    [Proves("spi", "every parameter is verified: VIRTIO_SPI_PARAM_ERR", "5.21.6.4")]
    public void A_parameter_that_is_invalid_or_not_supported_is_an_error(
        string what, byte chipSelect, byte bits, byte change, byte writeLanes, byte readLanes, byte reserved, uint mode, uint frequency, uint word, uint setup, uint hold, uint inactive)
    {
        SpiGuest.Head head = new(chipSelect)
        {
            Bits = bits, Change = change, WriteLanes = writeLanes, ReadLanes = readLanes, Reserved = reserved, Mode = mode,
            Frequency = frequency, WordDelay = word, Setup = setup, Hold = hold, Inactive = inactive,
        };
        SpiGuest.Request request = _guest.Make(head, [1, 2], 2);
        SpiGuest.Do(_bench, request);
        Assert.True(request.Code == 1, what);
        Assert.Equal([0, 0], request.Bytes);
        StillServes();
    }

    [Fact]
    [Proves("spi", "tx_buf and rx_buf of different lengths: VIRTIO_SPI_PARAM_ERR", "5.21.6.4")]
    public void Full_duplex_needs_two_buffers_of_one_length()
    {
        SpiGuest.Request longer = _guest.Make(new(0), [1, 2, 3], 2);
        SpiGuest.Request shorter = _guest.Make(new(0), [1], 2);
        SpiGuest.Request neither = _guest.Make(new(0), null, null);
        SpiGuest.Request half = _guest.Make(new(0) { Bits = 16 }, [1, 2, 3], null);
        SpiGuest.Do(_bench, longer, shorter, neither, half);
        Assert.Equal((1, 1, 1, 1), (longer.Code, shorter.Code, neither.Code, half.Code));
        StillServes();
    }

    [Fact]
    public void A_request_without_a_whole_head_is_an_error()
    {
        GuestBuffer head = _bench.Buffer(31);
        GuestBuffer result = _bench.Buffer([0xEE]);
        Assert.Equal(1u, _bench.Do(0, head.ToDevice, result.FromDevice));
        Assert.Equal(1, result.Span[0]);
        Assert.Equal(1u, _bench.Do(0, result.FromDevice));
        StillServes();
    }

    [Fact]
    public void A_request_without_room_for_its_result_is_returned_unserved()
    {
        SpiGuest.Request request = _guest.Make(new(0), [1], null);
        Assert.Equal(0u, _bench.Do(0, request.Head.ToDevice, request.Sent!.Value.ToDevice));
        Assert.Contains("without room", Assert.Single(_bench.Port.Warnings), StringComparison.Ordinal);
        StillServes();
    }

    [Fact]
    public void A_transfer_of_more_than_4_MiB_is_an_error()
    {
        PlayedSpiPort port = new();
        SpiControllerDevice device = new(port);
        using GuestWorld world = new(device, GuestWorld.Split, megabytes: 10);
        using DeviceBench bench = new(device, world);
        SpiGuest guest = new(world.Heap);
        SpiGuest.Request tooMuch = guest.Make(new(0), null, SpiRequest.MostBytes + 1);
        SpiGuest.Request most = guest.Make(new(0), null, SpiRequest.MostBytes);
        SpiGuest.Do(bench, tooMuch, most);
        Assert.Equal((1, 0), (tooMuch.Code, most.Code));
        Assert.Equal([$"0:r{SpiRequest.MostBytes}"], port.Transfers);
    }

    public void Dispose() => _bench.Dispose();

    private void StillServes()
    {
        Assert.Empty(_port.Transfers);
        SpiGuest.Request next = _guest.Make(new(0), [1], null);
        SpiGuest.Do(_bench, next);
        Assert.Equal(0, next.Code);
        Assert.Equal(["0:w1"], _port.Transfers);
    }
}
