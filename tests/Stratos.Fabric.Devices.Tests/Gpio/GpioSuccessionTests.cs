using Stratos.Fabric.Devices.Gpio;
using Stratos.Fabric.Devices.Gpio.Simulated;
using Stratos.Fabric.Devices.Tests.Bench;

namespace Stratos.Fabric.Devices.Tests.Gpio;

/// <summary>A successor makes the port's lines what the driver had made of them, also on a port that forgot everything.</summary>
public sealed class GpioSuccessionTests
{
    [Fact]
    public void Directions_levels_and_interrupts_are_made_again_on_a_port_that_forgot_them()
    {
        GpioDevice first = new(new GpioBankPort(GpioBank.Private(4)));
        using GuestWorld world = new(first, GuestWorld.Split | first.Features);
        using (DeviceBench bench = new(first, world))
        {
            GpioGuest guest = new(bench);
            guest.Get(GpioGuest.SetValue, 0, 1);
            guest.Get(GpioGuest.SetDirection, 0, GpioGuest.Out);
            guest.Get(GpioGuest.SetValue, 1, 1);
            guest.Enable(2, GpioGuest.Falling);
        }
        using GpioBank bank = GpioBank.Private(4);
        using DeviceBench next = new(new GpioDevice(new GpioBankPort(bank)), world.Restarted());
        Assert.True(bank.Inspect(0) is { Direction: GpioDirection.Output, Level: true });
        Assert.True(bank.Inspect(2) is { Direction: GpioDirection.Input, Listening: GpioInterruptType.FallingEdge });
        GpioGuest after = new(next);
        after.Get(GpioGuest.SetDirection, 1, GpioGuest.Out);
        Assert.True(bank.Inspect(1).Level);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public void An_edge_that_came_while_nobody_counted_is_found_by_its_level(bool changed, bool interrupts)
    {
        using GpioBank before = GpioBank.Private(1);
        GpioDevice first = new(new PlayedBankPort(before, static () => { }));
        using GuestWorld world = new(first, GuestWorld.Split | first.Features);
        GpioGuest.Unmasked unmasked;
        using (DeviceBench bench = new(first, world))
        {
            GpioGuest guest = new(bench);
            guest.Enable(0, GpioGuest.Rising);
            unmasked = guest.Unmask(0);
            Assert.True(guest.IsWaiting(unmasked));
        }
        using GpioBank later = GpioBank.Private(1);
        later.Drive(0, changed);
        using DeviceBench next = new(new GpioDevice(new PlayedBankPort(later, static () => { }) { Incarnation = 8, Offset = 100 }), world);
        GpioGuest successor = new(next);
        // The buffer went back to the ring when the first one stopped, and the second takes it.
        Assert.Equal(!interrupts, successor.IsWaiting(unmasked));
    }

    [Fact]
    public void A_standby_touches_nothing_before_its_first_queue_starts()
    {
        using GpioBank bank = GpioBank.Private(2);
        GpioDevice standby = new(new GpioBankPort(bank));
        using GuestWorld world = new(standby, GuestWorld.Split);
        world.State.Bytes.Fill(1);
        standby.Activate(new("standby", world.State, static () => { }));
        Assert.True(bank.Inspect(0) is { Direction: GpioDirection.None, Transitions: 0 });
        Assert.False(world.State.Bytes.ContainsAnyExcept((byte)1));
        standby.Deactivate();
    }
}
