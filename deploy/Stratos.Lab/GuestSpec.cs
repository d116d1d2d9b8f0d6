namespace Stratos.Lab;

/// <summary>A guest to boot: its machine, its devices, and the shell script that it runs.</summary>
public sealed record GuestSpec
{
    /// <summary>The frontend that hosts the guest.</summary>
    public QemuVersion Qemu { get; init; } = QemuVersion.Current;

    /// <summary>Guest memory in MiB, shared with backends through a memfd. 64 is the least that boots.</summary>
    public int MemoryMiB { get; init; } = 256;

    /// <summary>Virtual CPUs, 1 to 8.</summary>
    public int Cpus { get; init; } = 1;

    /// <summary>Parts of the guest's file system beside the base layer.</summary>
    public IReadOnlyList<GuestLayer> Layers { get; init; } = [];

    /// <summary>Programs of this machine that the guest has too.</summary>
    public IReadOnlyList<GuestProgram> Programs { get; init; } = [];

    /// <summary>The guest's devices, in the order in which QEMU creates them.</summary>
    public IReadOnlyList<GuestDevice> Devices { get; init; } = [];

    /// <summary>
    /// Nodes and properties of the root of the guest's device tree, in the device tree's language; null for none. It
    /// names devices by the labels of their nodes (<see cref="GuestDevice.Node"/>), such as
    /// <c>leds { compatible = "gpio-leds"; led0 { gpios = &lt;&amp;gpio 0 0&gt;; }; };</c>. A guest has a tree when this
    /// or a device's node is there.
    /// </summary>
    public string? DeviceTree { get; init; }

    /// <summary>
    /// The script, run by dash as root. Standard output and error are the output of the run; the script's exit
    /// code is the run's. Any length. Lines that the test sends come in on /dev/ttyS1.
    /// </summary>
    public required string Script { get; init; }

    /// <summary>From the start of QEMU to its end. After it the guest is killed and the run fails.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>More arguments for QEMU, after the lab's own.</summary>
    public IReadOnlyList<string> ExtraArguments { get; init; } = [];

    /// <summary>More words for the kernel's command line.</summary>
    public IReadOnlyList<string> KernelArguments { get; init; } = [];

    /// <summary>
    /// Where this guest's state comes from when it is migrated here (QEMU's -incoming, such as
    /// <c>unix:/path</c>); null to boot. Make the spec from the source's with <c>with</c>, so that machine,
    /// script and <see cref="RunId"/> stay the same.
    /// </summary>
    public string? Incoming { get; init; }

    /// <summary>The word that marks this run's output; a copy made by <c>with</c> keeps it.</summary>
    public string RunId { get; init; } = Guid.NewGuid().ToString("N");

    /// <summary>QEMU's accelerator; null for what STRATOS_LAB_ACCEL says, else software emulation ("tcg").</summary>
    public string? Accelerator { get; init; }
}
