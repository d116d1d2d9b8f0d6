using Stratos.Fabric.Devices.I2c;
using Stratos.Fabric.Devices.I2c.Simulation;
using Stratos.Fabric.Devices.Tests.Bench;

namespace Stratos.Fabric.Devices.Tests.I2c;

/// <summary>The simulated chips behave as their data sheets say.</summary>
public sealed class ChipTests
{
    private static readonly I2cAddress Rom = I2cGuest.At(0x50);
    private static readonly I2cAddress Sensor = I2cGuest.At(0x48);
    private static readonly I2cAddress Clock = I2cGuest.At(0x68);

    [Theory]
    [InlineData(1, 128, 8)]
    [InlineData(2, 256, 8)]
    [InlineData(32, 4096, 32)]
    [InlineData(256, 32768, 64)]
    [InlineData(512, 65536, 128)]
    public void An_EEPROM_reads_on_over_its_end_and_writes_wrap_in_their_page(int kilobits, int size, int page)
    {
        Eeprom24 rom = new(kilobits, Rom);
        using var bus = SimulatedI2cBus.Private(rom);
        Chips chips = new(bus);
        Assert.Equal((size, page), (rom.Size, rom.PageSize));
        byte[] address = kilobits >= 32 ? [(byte)((size - 2) >> 8), (byte)(size - 2)] : [(byte)(size - 2)];
        Assert.Equal(I2cFault.None, chips.Write(Rom, [.. address, 1, 2, 3]));
        byte[] cells = rom.Contents();
        Assert.Equal((1, 2, 3), (cells[size - 2], cells[size - 1], cells[size - page]));
        Assert.Equal(0xFF, cells[0]);
        Assert.Equal([1, 2, cells[0]], chips.ReadFrom(Rom, address, 3));
    }

    [Fact]
    public void An_EEPROM_goes_on_reading_where_the_last_transfer_ended()
    {
        using var bus = SimulatedI2cBus.Private(new Eeprom24(2, Rom));
        Chips chips = new(bus);
        chips.Write(Rom, 8, 1, 2, 3, 4);
        chips.ReadFrom(Rom, [8], 2);
        Assert.Equal([3, 4], chips.Read(Rom, 2));
    }

    [Fact]
    public void A_page_that_no_STOP_ended_is_not_programmed()
    {
        Eeprom24 rom = new(2, Rom);
        using var bus = SimulatedI2cBus.Private(rom);
        new Chips(bus).Do(new(Rom, IsRead: false, new byte[] { 0, 7 }), new(Rom, IsRead: true, new byte[1]));
        Assert.Equal(0xFF, rom.Contents()[0]);
    }

    [Fact]
    public void A_24C08_answers_to_four_addresses()
    {
        using var bus = SimulatedI2cBus.Private(new Eeprom24(8, Rom));
        Chips chips = new(bus);
        chips.Write(I2cGuest.At(0x53), 0x10, 9);
        Assert.Equal([9], chips.ReadFrom(I2cGuest.At(0x53), [0x10], 1));
        Assert.Equal([0xFF], chips.ReadFrom(Rom, [0x10], 1));
        Assert.Equal(I2cFault.AddressNotAcknowledged, chips.Write(I2cGuest.At(0x54)));
    }

    [Fact]
    public void An_EEPROM_acknowledges_nothing_while_it_programs_a_page()
    {
        PlayedTime time = new();
        using var bus = SimulatedI2cBus.Private(new Eeprom24(2, Rom, TimeSpan.FromMilliseconds(5), time));
        Chips chips = new(bus);
        chips.Write(Rom, 0, 1);
        Assert.Equal(I2cFault.AddressNotAcknowledged, chips.Write(Rom, 0));
        time.Advance(TimeSpan.FromMilliseconds(5));
        Assert.Equal([1], chips.ReadFrom(Rom, [0], 1));
    }

    [Fact]
    public void An_LM75_shows_halves_of_a_degree_and_judges_its_limits()
    {
        Lm75 sensor = new(Sensor);
        using var bus = SimulatedI2cBus.Private(sensor);
        Chips chips = new(bus);
        Assert.Equal([25, 0], chips.ReadFrom(Sensor, [0], 2));
        sensor.Temperature = -10.5;
        Assert.Equal([0xF5, 0x80], chips.ReadFrom(Sensor, [0], 2));
        chips.Write(Sensor, 3, 30, 0x80);
        chips.Write(Sensor, 2, 28, 0);
        Assert.Equal((30.5, 28.0), (sensor.Limit, sensor.Hysteresis));
        sensor.Temperature = 30.5;
        Assert.True(sensor.IsOverTemperature);
        sensor.Temperature = 28;
        Assert.True(sensor.IsOverTemperature);
        sensor.Temperature = 27.5;
        Assert.False(sensor.IsOverTemperature);
        chips.Write(Sensor, 1, 2);
        sensor.Temperature = 40;
        Assert.True(sensor.IsOverTemperature);
        chips.Read(Sensor, 1);
        Assert.False(sensor.IsOverTemperature);
    }

    [Fact]
    public void A_DS1307_runs_from_where_it_was_set_over_a_leap_year_s_midnight()
    {
        PlayedTime time = new();
        Ds1307 clock = new(Clock, time);
        using var bus = SimulatedI2cBus.Private(clock);
        Chips chips = new(bus);
        Assert.Equal([0x50, 0x59, 0x23], chips.ReadFrom(Clock, [0], 3));
        chips.Write(Clock, 0, 0x58, 0x59, 0x23, 5, 0x28, 0x02, 0x28);
        time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal([0x01, 0x00, 0x00, 6, 0x29, 0x02, 0x28], chips.ReadFrom(Clock, [0], 7));
        Assert.Equal(new DateTime(2028, 2, 29, 0, 0, 1, DateTimeKind.Utc), clock.Now);
    }

    [Fact]
    public void A_DS1307_counts_twelve_hours_and_stands_while_it_is_halted()
    {
        PlayedTime time = new();
        Ds1307 clock = new(Clock, time);
        using var bus = SimulatedI2cBus.Private(clock);
        Chips chips = new(bus);
        chips.Write(Clock, 0, 0x30, 0x59, 0x40 | 0x20 | 0x12, 1, 0x01, 0x06, 0x27);
        Assert.Equal(12, clock.Now.Hour);
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal([0x40 | 0x20 | 0x01], chips.ReadFrom(Clock, [2], 1));
        chips.Write(Clock, 0, 0x80);
        Assert.True(clock.IsHalted);
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal([0x80, 0x00], chips.ReadFrom(Clock, [0], 2));
        chips.Write(Clock, 0, 0x00);
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal([0x02], chips.ReadFrom(Clock, [0], 1));
    }

    [Fact]
    public void A_DS1307_keeps_56_bytes_and_takes_no_date_that_does_not_exist()
    {
        Ds1307 clock = new(Clock, new PlayedTime());
        using var bus = SimulatedI2cBus.Private(clock);
        Chips chips = new(bus);
        chips.Write(Clock, 0x3F, 7, 0x59);
        Assert.Equal([7], chips.ReadFrom(Clock, [0x3F], 1));
        chips.Write(Clock, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF);
        Assert.InRange(clock.Now.Year, 2000, 2099);
        chips.Write(Clock, 4, 0x31, 0x02, 0x27);
        Assert.Equal((2, 28), (clock.Now.Month, clock.Now.Day));
    }
}
