using System.Runtime.InteropServices;
using Stratos.Fabric.Devices.Block;
using Stratos.Fabric.Devices.Entropy;
using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Testing;
using Stratos.Transports.VhostUser.Backend;
using Stratos.Transports.VhostUser.Protocol.Keeper;

// A worker process for tests of a session keeper: one device, without actors.
// Arguments: control socket, device name, "owner" or "standby", and the image of a block device or "entropy".
// It ends with the process that started it.
if (args is not [var control, var name, var role, var medium])
{
    Console.Error.WriteLine("usage: Stratos.Testing.Worker CONTROL NAME owner|standby IMAGE|entropy");
    return 2;
}
CurrentProcess.EndWithParent(int.Parse(Environment.GetEnvironmentVariable("STRATOS_TEST_PARENT") ?? "0", System.Globalization.CultureInfo.InvariantCulture));
using var stop = new CancellationTokenSource();
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
{
    context.Cancel = true;
    stop.Cancel();
});
using var port = new LocalDevicePort(name, Device);
new VhostUserBackend(new()
{
    SocketPath = control,
    Mode = BackendMode.Keeper,
    Role = role == "owner" ? KeeperRole.Owner : KeeperRole.Standby,
    Log = Console.Error.WriteLine,
}).Serve(port, stop.Token);
return 0;

VirtioDevice Device() => medium == "entropy" ? EntropyDevice.Create(new()) : BlockDevice.Create(new() { File = medium, Serial = name });
