using Stratos.Fabric.Devices.Spi;
using Stratos.Fabric.Devices.Spi.Simulation;
using Stratos.Fabric.Devices.Tests.Bench;

namespace Stratos.Fabric.Devices.Tests.Spi;

/// <summary>The simulated chips behave as their data sheets say, however a driver cuts a command into transfers.</summary>
public sealed class SpiChipTests : IDisposable
{
    private readonly Eeprom25 _rom = new(256, 0);
    private readonly Eeprom25 _small = new(4, 1);
    private readonly NorFlash _flash = new(8, 2);
    private readonly DeviceBench _bench;
    private readonly SpiGuest _guest;

    public SpiChipTests()
    {
        _bench = new(new SpiControllerDevice(SimulatedSpiBus.Private(_rom, _small, _flash)));
        _guest = new(_bench.World.Heap);
    }

    [Fact]
    public void An_EEPROM_writes_only_what_was_enabled_and_wraps_in_its_page()
    {
        _guest.Tell(_bench, 0, [2, 0x00, 0x3F, 1, 2]);
        Assert.All(_rom.Contents(), static cell => Assert.Equal(0xFF, cell));
        _guest.Tell(_bench, 0, [6], [2, 0x00, 0x3F], [1, 2]);
        Assert.Equal((1, 2), (_rom.Contents()[0x3F], _rom.Contents()[0]));
        Assert.Equal([0], _guest.Ask(_bench, 0, [5], 1));
        Assert.Equal([1, 0xFF], _guest.Ask(_bench, 0, [3, 0x00, 0x3F], 2));
        Assert.Equal([0xFF, 2], _guest.Ask(_bench, 0, [3, 0x7F, 0xFF], 2));
    }

    [Fact]
    public void A_command_may_come_in_one_transfer_or_byte_by_byte()
    {
        _guest.Tell(_bench, 0, [6], [2], [0], [0x10], [9]);
        SpiGuest.Request whole = _guest.Make(new(0), [3, 0, 0x10, 0], 4);
        SpiGuest.Do(_bench, whole);
        Assert.Equal([0xFF, 0xFF, 0xFF, 9], whole.Bytes);
        SpiGuest.Request idle = _guest.Make(new(0), null, 2);
        SpiGuest.Do(_bench, idle);
        Assert.Equal([0xFF, 0xFF], idle.Bytes);
    }

    [Fact]
    public void A_deselected_chip_forgets_its_command()
    {
        SpiGuest.Request cut = _guest.Make(new(0) { Change = 1 }, [3, 0], null);
        SpiGuest.Do(_bench, cut);
        Assert.Equal([0], _guest.Ask(_bench, 0, [5], 1));
    }

    [Fact]
    public void Block_protection_and_a_disabled_latch_keep_the_cells()
    {
        _guest.Tell(_bench, 0, [6], [1, 0x08]);
        _guest.Tell(_bench, 0, [6], [2, 0x40, 0x00, 1], [6], [2, 0x3F, 0x00, 1], [6], [4], [2, 0x00, 0x00, 1]);
        Assert.Equal((0xFF, 1, 0xFF), (_rom.Contents()[0x4000], _rom.Contents()[0x3F00], _rom.Contents()[0]));
        Assert.Equal([0x08], _guest.Ask(_bench, 0, [5], 1));
    }

    [Fact]
    public void A_25C04_has_its_ninth_address_bit_in_the_opcode()
    {
        _guest.Tell(_bench, 1, [6], [0x0A, 0x10, 7]);
        Assert.Equal([7], _guest.Ask(_bench, 1, [0x0B, 0x10], 1));
        Assert.Equal([0xFF], _guest.Ask(_bench, 1, [0x03, 0x10], 1));
        Assert.Equal(7, _small.Contents()[0x110]);
    }

    [Fact]
    public void A_flash_says_who_it_is_and_programs_only_from_one_to_zero()
    {
        Assert.Equal([0xEF, 0x40, 0x14], _guest.Ask(_bench, 2, [0x9F], 3));
        _guest.Tell(_bench, 2, [6], [2], [0, 0x01, 0xFE], [0xF0, 0x0F, 0x33]);
        Assert.Equal([0xF0, 0x0F], _flash.Contents(0x1FE, 2));
        Assert.Equal([0x33], _flash.Contents(0x100, 1));
        _guest.Tell(_bench, 2, [6], [2, 0, 0x01, 0xFE, 0x8F, 0xFF]);
        Assert.Equal([0x80, 0x0F], _flash.Contents(0x1FE, 2));
        Assert.Equal([0x80, 0x0F], _guest.Ask(_bench, 2, [0x0B, 0, 0x01, 0xFE, 0], 2));
    }

    [Theory]
    [InlineData(0x20, 0x1000, 0x1000)]
    [InlineData(0x52, 0x0000, 0x8000)]
    [InlineData(0xD8, 0x0000, 0x10000)]
    [InlineData(0xC7, 0x0000, 0x100000)]
    public void A_flash_erases_the_block_that_holds_the_address(byte opcode, int start, int length)
    {
        _guest.Tell(_bench, 2, [6], [2, 0, 0x12, 0x34, 0]);
        byte[][] erase = opcode == 0xC7 ? [[opcode]] : [[opcode], [0, 0x1F, 0xFF]];
        _guest.Tell(_bench, 2, erase);
        Assert.Equal(0, _flash.Contents(0x1234, 1)[0]);
        _guest.Tell(_bench, 2, [[6], .. erase]);
        Assert.Equal(0xFF, _flash.Contents(0x1234, 1)[0]);
        Assert.All(_flash.Contents(start, length), static cell => Assert.Equal(0xFF, cell));
        Assert.Equal([0], _guest.Ask(_bench, 2, [5], 1));
    }

    [Fact]
    public void A_chip_sees_noise_in_a_mode_that_it_does_not_know_and_reversed_bits_as_they_are()
    {
        SpiGuest.Request wrong = _guest.Make(new(2) { Mode = 1 }, [0x9F, 0], 2);
        SpiGuest.Request wide = _guest.Make(new(2) { Bits = 16 }, [0x9F, 0], 2);
        SpiGuest.Request three = _guest.Make(new(2) { Mode = 3 }, [0x9F, 0], 2);
        SpiGuest.Request reversed = _guest.Make(new(2) { Mode = 8 }, [0xF9, 0], 2);
        SpiGuest.Do(_bench, wrong, wide, three, reversed);
        Assert.Equal([0xFF, 0xFF], wrong.Bytes);
        Assert.Equal([0xFF, 0xFF], wide.Bytes);
        Assert.Equal([0xFF, 0xEF], three.Bytes);
        Assert.Equal([0xFF, 0xF7], reversed.Bytes);
    }

    [Theory]
    [InlineData("loopback", "MODEL@CHIPSELECT")]
    [InlineData("loopback@255", "MODEL@CHIPSELECT")]
    [InlineData("w25q9@0", "W25Q9")]
    [InlineData("25c03@0", "25C03")]
    [InlineData("at25@0", "Known are")]
    [InlineData("loopback@1+25c32@1", "Chip select 1")]
    [InlineData("", "for example")]
    public void A_wrong_list_of_chips_is_refused_with_the_remedy(string chips, string why)
    {
        ArgumentException refused = Assert.Throws<ArgumentException>(() => SpiKind.Kind.Create(new Dictionary<string, string> { ["chips"] = chips }));
        Assert.StartsWith("chips:", refused.Message, StringComparison.Ordinal);
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _bench.Dispose();
}
