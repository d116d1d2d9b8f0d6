using System.Globalization;
using Stratos.Cli.Devices;
using Stratos.Cli.Processes;
using Stratos.Transports.VhostUser.Frontend;
using Stratos.Transports.VhostUser.Frontend.Drivers;
using Stratos.Workload;

namespace Stratos.Cli.Demo;

/// <summary>The devices of a demonstration: an entropy device, a disk and a console, and a load on each.</summary>
public sealed class DemoDevices : IDisposable
{
    private const int DiskMiB = 32;
    private readonly RunFolder _folder;
    private readonly List<IDisposable> _drivers = [];

    /// <summary>Lays out the devices' files in a folder.</summary>
    public DemoDevices(RunFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        _folder = folder;
        using FileStream disk = File.Create(folder.In("disk.img"));
        disk.SetLength(DiskMiB << 20);
        Served =
        [
            Serve("entropy:rng0"),
            Serve($"block:disk0,file={folder.In("disk.img")}"),
            Serve($"console:con0,file={ConsoleFile}"),
        ];
    }

    /// <summary>The devices, for a <see cref="LocalFabric"/>.</summary>
    public IReadOnlyList<ServedDevice> Served { get; }

    /// <summary>Where the console's output goes.</summary>
    public string ConsoleFile => _folder.In("console.log");

    /// <summary>Connects a driver to each device and makes its load.</summary>
    /// <param name="seed">Chooses the requests.</param>
    /// <param name="depth">Requests in flight for disk and entropy, at most.</param>
    /// <param name="without">Virtio feature bits that the drivers do without, such as packed rings.</param>
    /// <param name="rate">Requests a second and device, at most; 0 for as many as go.</param>
    public IReadOnlyDictionary<string, Load> Connect(int seed, int depth, ulong without = 0, int rate = 0)
    {
        var disk = BlockDriver.Start(Open("disk0", BlockDriver.DefaultOptions, without), depth);
        _drivers.Add(disk);
        var entropy = EntropyDriver.Start(Open("rng0", EntropyDriver.DefaultOptions, without), Math.Min(depth, 8), 256);
        _drivers.Add(entropy);
        var console = ConsoleDriver.Start(Open("con0", ConsoleDriver.DefaultOptions, without));
        _drivers.Add(console);
        return new Dictionary<string, Load>
        {
            ["disk0"] = new BlockLoad(disk, 0, new BlockLoadOptions { Seed = seed, Rate = rate }),
            ["rng0"] = new EntropyLoad(entropy, new LoadOptions { Seed = seed, Rate = rate }),
            ["con0"] = new ConsoleLoad(console, new LoadOptions { Seed = seed, Rate = rate }),
        };
    }

    /// <summary>Reads the console's output: every record that was sent must be there once and in order.</summary>
    /// <returns>Null if it is as it must be; otherwise what is wrong.</returns>
    public string? CheckConsole(long sent)
    {
        var check = new NumberedStreamCheck();
        check.Feed(File.ReadAllBytes(ConsoleFile));
        return check.Problem
            ?? (check.Received == sent ? null : string.Create(CultureInfo.InvariantCulture, $"{sent} records were sent and {check.Received} are in the file"));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IDisposable driver in _drivers) { driver.Dispose(); }
    }

    private ServedDevice Serve(string text)
    {
        DeviceSpec spec = DeviceSpec.Parse(text);
        return new(spec.ToString(), spec.Name, _folder.In($"{spec.Name}.sock"));
    }

    private VhostUserFrontend Open(string device, FrontendOptions options, ulong without) =>
        VhostUserFrontend.Connect(Served.Single(served => served.Name == device).Socket, options with
        {
            Features = options.Features & ~without,
            KeepInflight = false,
            Timeout = TimeSpan.FromSeconds(30),
        });
}
