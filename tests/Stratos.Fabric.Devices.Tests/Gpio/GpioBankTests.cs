using Stratos.Fabric.Devices.Gpio;
using Stratos.Fabric.Devices.Gpio.Simulated;
using Stratos.Fabric.Devices.Tests.Bench;
using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Devices.Tests.Gpio;

/// <summary>The simulated bank by itself: what is outside, what the device does, wires, faults, and exact counts.</summary>
public sealed class GpioBankTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string _folder = Directory.CreateTempSubdirectory("stratos-bank-").FullName;

    private string Board => Path.Combine(_folder, "bank");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_line_has_what_the_device_drives_and_else_what_is_outside()
    {
        using GpioBank bank = GpioBank.Private(2);
        using GpioBankPort port = new(bank);
        bank.Drive(0, true);
        Assert.True(bank.Inspect(0) is { Level: true, Outside: true, Direction: GpioDirection.None, Transitions: 1 });
        port.SetDirection(0, GpioDirection.Output, level: false);
        Assert.True(bank.Inspect(0) is { Level: false, Outside: true, Transitions: 2 });
        bank.Drive(0, false);
        bank.Drive(0, true);
        Assert.Equal(2ul, bank.Inspect(0).Transitions);
        port.Write(0, true);
        port.Write(0, true);
        Assert.Equal(3ul, bank.Inspect(0).Transitions);
        port.SetDirection(0, GpioDirection.None, level: false);
        Assert.True(bank.Inspect(0) is { Level: true, Transitions: 3, Rises: 2, Falls: 1 });
    }

    [Fact]
    public void Another_process_sees_the_same_bank_and_finds_it_again_as_it_was()
    {
        ulong identity;
        using (GpioBank here = GpioBank.Open(Board, 8))
        {
            using GpioBank there = GpioBank.Open(Board, 8);
            identity = here.Identity;
            here.Drive(3, true);
            Assert.True(there.Inspect(3).Level);
            Assert.Equal(identity, there.Identity);
        }
        using GpioBank later = GpioBank.Open(Board, 8);
        Assert.True(later.Inspect(3) is { Level: true, Transitions: 1 });
        Assert.Equal(identity, later.Identity);
        Assert.NotEqual(identity, GpioBank.Private(8).Identity);
    }

    [Fact]
    public void Threads_that_drive_lines_at_once_lose_no_edge()
    {
        using GpioBank bank = GpioBank.Open(Board, 3);
        bank.Wire(0, 1);
        bank.Wire(1, 2);
        Thread[] drivers = [.. Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            for (int i = 0; i < 1000; i++) { bank.Drive(0, i % 2 == 0); }
        }))];
        foreach (Thread driver in drivers) { driver.Start(); }
        foreach (Thread driver in drivers) { driver.Join(); }
        bank.Drive(0, true);
        GpioLineView first = bank.Inspect(0);
        Assert.Equal(first.Level, first.Transitions % 2 == 1);
        Assert.True(bank.Inspect(1).Level);
        Assert.True(bank.Inspect(2).Level);
    }

    [Fact]
    public void A_wire_carries_what_the_device_drives_to_a_line_that_it_listens_to()
    {
        using GpioBank bank = GpioBank.Private(2);
        bank.Wire(0, 1);
        using DeviceBench bench = new(new GpioDevice(new GpioBankPort(bank)));
        GpioGuest guest = new(bench);
        guest.Get(GpioGuest.SetDirection, 0, GpioGuest.Out);
        guest.Enable(1, GpioGuest.Both);
        for (uint i = 1; i <= 20; i++)
        {
            GpioGuest.Unmasked unmasked = guest.Unmask(1);
            guest.Get(GpioGuest.SetValue, 0, i & 1);
            Assert.Equal(GpioGuest.Valid, guest.Hear(unmasked));
            Assert.Equal(i & 1, guest.Get(GpioGuest.GetValue, 1));
        }
        Assert.Equal(20ul, bank.Inspect(1).Transitions);
    }

    [Fact]
    public void Wires_in_a_circle_come_to_rest()
    {
        using GpioBank bank = GpioBank.Private(3);
        bank.Wire(0, 1);
        bank.Wire(1, 2);
        bank.Wire(2, 0);
        bank.Drive(1, true);
        Assert.All(Enumerable.Range(0, 3), line => Assert.True(bank.Inspect(line).Level));
    }

    [Fact]
    public void Edges_are_driven_at_the_driver_s_pace()
    {
        using GpioBank bank = GpioBank.Private(1);
        using DeviceBench bench = new(new GpioDevice(new GpioBankPort(bank), latch: 1));
        GpioGuest guest = new(bench);
        guest.Enable(0, GpioGuest.Both);
        Assert.Equal(0, bank.DriveEdges(0, 5, TimeSpan.FromMilliseconds(1)));
        GpioGuest.Unmasked unmasked = guest.Unmask(0);
        int driven = 0;
        Thread driver = new(() => driven = bank.DriveEdges(0, 50, Patience));
        driver.Start();
        for (int i = 0; i < 50; i++)
        {
            Assert.Equal(GpioGuest.Valid, guest.Hear(unmasked));
            unmasked = guest.Unmask(0);
        }
        Assert.True(driver.Join(Patience));
        Assert.Equal(50, driven);
        Assert.True(guest.IsWaiting(unmasked));
        Assert.DoesNotContain(bench.Port.Warnings, static line => line.Contains("merged", StringComparison.Ordinal));
    }

    [Fact]
    public void Somebody_outside_can_wait_for_what_the_device_does()
    {
        using GpioBank bank = GpioBank.Private(1);
        Assert.False(bank.WaitUntil(() => bank.Inspect(0).Level, TimeSpan.FromMilliseconds(1)));
        Thread device = new(() => new GpioBankPort(bank).SetDirection(0, GpioDirection.Output, level: true));
        device.Start();
        Assert.True(bank.WaitUntil(() => bank.Inspect(0).Level, Patience));
        device.Join();
    }

    [Fact]
    public void Faults_come_as_often_as_they_were_ordered()
    {
        using GpioBank bank = GpioBank.Private(2);
        using GpioBankPort port = new(bank);
        bank.Fail(1, operations: 2, Errno.EIO);
        Assert.Equal(Errno.None, port.Read(0, out _));
        Assert.Equal(Errno.EIO, port.Read(1, out _));
        Assert.Equal(Errno.EIO, port.SetDirection(1, GpioDirection.Output, level: true));
        Assert.Equal(Errno.None, port.SetDirection(1, GpioDirection.Output, level: true));
        bank.Fail(1, operations: 5);
        bank.Fail(1, operations: 0);
        Assert.Equal(Errno.None, port.Write(1, false));
    }

    [Fact]
    public void A_bank_of_another_size_is_refused()
    {
        GpioBank.Open(Board, 8).Dispose();
        Assert.Contains("Name another file", Assert.Throws<ArgumentException>(() => GpioBank.Open(Board, 9)).Message, StringComparison.Ordinal);
        Assert.StartsWith("bank:", Assert.Throws<ArgumentException>(() => GpioBank.Private(0)).Message, StringComparison.Ordinal);
    }
}
