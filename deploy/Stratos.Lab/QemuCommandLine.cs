using System.Globalization;

namespace Stratos.Lab;

/// <summary>The arguments that make QEMU the machine that a spec describes.</summary>
internal static class QemuCommandLine
{
    public static IReadOnlyList<string> Build(LabEnvironment lab, GuestSpec spec, RunFolder folder)
    {
        string memory = spec.MemoryMiB.ToString(CultureInfo.InvariantCulture) + "M";
        string accelerator = spec.Accelerator ?? Environment.GetEnvironmentVariable("STRATOS_LAB_ACCEL") ?? "tcg";
        // no_timer_check: where the host starves QEMU, Linux finds the emulated timer too slow to be one, and panics.
        List<string> arguments =
        [
            "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
            "-machine", "q35,memory-backend=lab-memory",
            "-object", $"memory-backend-memfd,id=lab-memory,size={memory},share=on",
            "-m", memory,
            "-accel", accelerator,
            "-cpu", "qemu64",
            "-smp", spec.Cpus.ToString(CultureInfo.InvariantCulture),
            "-kernel", folder.Kernel(lab, spec),
            "-initrd", folder.FileSystem(lab, spec.Layers, spec.Programs),
            "-append", string.Join(' ', ["console=ttyS0", "panic=-1", "quiet", "loglevel=6", "tsc=unstable", "no_timer_check", .. spec.KernelArguments]),
            "-fw_cfg", $"name=opt/stratos/run,string={spec.RunId}",
            "-fw_cfg", $"name=opt/stratos/script,file={QemuText.Escape(folder.Write("script", spec.Script + "\n"))}",
            .. Port("lab-console", folder.Console), "-serial", "chardev:lab-console",
            .. Port("lab-output", folder.Output), "-serial", "chardev:lab-output",
            .. Port("lab-monitor", folder.Monitor), "-mon", "chardev=lab-monitor,mode=control",
        ];
        IReadOnlyList<int?> slots = DeviceTreeSource.Slots(spec);
        for (int i = 0; i < spec.Devices.Count; i++)
        {
            arguments.AddRange(spec.Devices[i].Arguments(spec.Qemu, string.Create(CultureInfo.InvariantCulture, $"device{i}"), slots[i]));
        }

        if (spec.Incoming is { } from)
        {
            arguments.AddRange(["-incoming", from]);
        }

        arguments.AddRange(spec.ExtraArguments);
        return arguments;
    }

    private static string[] Port(string id, string path) => ["-chardev", $"socket,id={id},path={QemuText.Escape(path)}"];
}
