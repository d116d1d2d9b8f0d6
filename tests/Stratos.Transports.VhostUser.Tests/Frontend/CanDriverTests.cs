using Stratos.Fabric.Devices.Can;
using Stratos.Fabric.Devices.Can.Bus;
using Stratos.Testing;
using Stratos.Transports.VhostUser.Frontend;
using Stratos.Transports.VhostUser.Frontend.Drivers;

namespace Stratos.Transports.VhostUser.Tests.Frontend;

/// <summary>The CAN driver against the real device, two of them on one bus.</summary>
public sealed class CanDriverTests : IDisposable
{
    private static readonly TimeSpan s_time = TimeSpan.FromSeconds(20);
    private readonly string _folder = Directory.CreateTempSubdirectory("stratos-can-").FullName;

    private string Board => Path.Combine(_folder, "bus");

    [Fact]
    public void Two_devices_on_one_board_exchange_frames_in_order()
    {
        const int Frames = 2000;
        using ServedDevice one = new(() => CanDevice.Create(new() { Board = Board, Station = "one" }));
        using ServedDevice two = new(() => CanDevice.Create(new() { Board = Board, Station = "two" }));
        using var sender = CanDriver.Start(VhostUserFrontend.Connect(one.Path, CanDriver.DefaultOptions));
        using var receiver = CanDriver.Start(VhostUserFrontend.Connect(two.Path, CanDriver.DefaultOptions));
        Assert.True(sender.SetStarted(true, s_time));
        Assert.True(receiver.SetStarted(true, s_time));
        int sent = 0, acknowledged = 0, received = 0;
        WaitFor.Condition(
            () =>
            {
                while (sent < Frames && sender.TrySend(new CanMessage((uint)sent, CanMessage.Extended | CanMessage.FlexibleDataRate, BitConverter.GetBytes(sent)), out _)) { sent++; }
                while (sender.TryTakeSent(out _, out var done))
                {
                    Assert.True(done);
                    acknowledged++;
                }
                while (receiver.TryReceive(out var message))
                {
                    Assert.Equal((uint)received, message.Id);
                    Assert.Equal(received++, BitConverter.ToInt32(message.Data));
                }
                return received == Frames && acknowledged == Frames;
            },
            "all frames", TimeSpan.FromSeconds(60));
        Assert.Equal(0, sender.Sending);
    }

    [Fact]
    public void Bus_off_is_announced_and_read()
    {
        using ServedDevice served = new(() => CanDevice.Create(new() { Board = Board, Station = "one" }));
        using var driver = CanDriver.Start(VhostUserFrontend.Connect(served.Path, CanDriver.DefaultOptions));
        Assert.True(driver.SetStarted(true, s_time));
        Assert.False(driver.IsBusOff);
        int seen = driver.Frontend.ConfigChanges;
        using var bus = CanBus.Open(Board, default);
        bus.Join("one").ForceBusOff();
        Assert.True(driver.Frontend.WaitForConfigChange(seen, s_time));
        Assert.True(driver.IsBusOff);
        Assert.True(driver.TrySend(new CanMessage(1, 0, [1]), out var slot));
        Assert.True(driver.Transmitter.WaitForUsed(s_time));
        Assert.True(driver.TryTakeSent(out var refused, out var done));
        Assert.Equal((slot, false), (refused, done));
        Assert.True(driver.SetStarted(true, s_time));
        Assert.False(driver.IsBusOff);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
