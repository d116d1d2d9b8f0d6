using Stratos.Fabric.Devices.Catalogue;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Fabric.Devices.Rtc;

/// <summary>The kind <c>rtc</c>.</summary>
public static class RtcKind
{
    /// <summary>The kind: its options, and how a device is made from them.</summary>
    public static DeviceKind Kind { get; } = new(
        "rtc",
        VirtioDeviceId.Rtc,
        "clocks with alarms (/dev/rtc, /dev/ptp)",
        [
            new("clocks", "LIST", "the clocks that the guest sees, of utc, tai, monotonic, smeared, smeared-sls, maybe-smeared, with commas between; default smeared,utc,tai,monotonic"),
            new("alarms", "LIST", "those that it may set an alarm of, or none; default all that it sees"),
            new("forget-alarms", null, "forget alarms when the driver resets the device, as it does when its system starts"),
            new("board", "PATH", "simulated clocks, kept in this file; default the host's own clocks"),
            new("counter", "NAME", "what the board's counter is to the guest, x86-tsc or arm-vct, for cross-timestamps; default none"),
            new("leap-seconds", "PATH", "a file of leap seconds for the host's clocks, such as /usr/share/zoneinfo/leap-seconds.list; default those up to 2016"),
        ],
        static values => RtcDevice.Create(Read(values)));

    private static RtcOptions Read(DeviceOptionValues values)
    {
        RtcOptions standard = new();
        return new RtcOptions
        {
            Clocks = values.Text("clocks") is { } clocks ? ClockNames.Parse("clocks", clocks) : standard.Clocks,
            Alarms = values.Text("alarms") is { } alarms ? ClockNames.Parse("alarms", alarms) : null,
            ForgetAlarms = values.Flag("forget-alarms"),
            Board = values.Text("board"),
            Counter = values.Text("counter") switch
            {
                null => RtcCounter.Invalid,
                "x86-tsc" => RtcCounter.X86TimeStamp,
                "arm-vct" => RtcCounter.ArmVirtualCount,
                string other => throw new ArgumentException($"counter: there is no counter '{other}'. Known are: x86-tsc, arm-vct."),
            },
            LeapSeconds = values.Text("leap-seconds"),
        };
    }
}
