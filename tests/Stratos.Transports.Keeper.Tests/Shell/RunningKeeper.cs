using System.Globalization;
using Stratos.Fabric.Linux;
using Stratos.Transports.Keeper.Session;
using Stratos.Transports.Keeper.Shell;

namespace Stratos.Transports.Keeper.Tests.Shell;

/// <summary>A keeper on a thread of this process, with sockets in a folder of its own, and worker processes.</summary>
public sealed class RunningKeeper : IDisposable
{
    private readonly KeeperLoop _loop;
    private readonly Thread _thread;
    private readonly List<ChildProcess> _workers = [];

    public RunningKeeper(KeeperLimits? limits = null, params KeeperDevice[] devices)
    {
        Folder = Directory.CreateTempSubdirectory("keeper-").FullName;
        if (devices.Length == 0) devices = [new("disk", Path.Combine(Folder, "disk.sock"))];
        _loop = new(new() { ControlPath = Control, Devices = devices, Limits = limits ?? KeeperLimits.Default }, Log);
        _thread = new Thread(() => EndedInOrder = _loop.Run()) { IsBackground = true, Name = "keeper" };
        _thread.Start();
    }

    public string Folder { get; }
    public string Control => Path.Combine(Folder, "control.sock");
    public string Socket => Path.Combine(Folder, "disk.sock");
    public RecordingLog Log { get; } = new();
    public bool? EndedInOrder { get; private set; }

    /// <summary>Makes an image of zeroes.</summary>
    public string Image(int length)
    {
        var path = Path.Combine(Folder, "image");
        using var file = File.Create(path);
        file.SetLength(length);
        return path;
    }

    /// <summary>Starts a worker process and waits until the keeper knows it.</summary>
    /// <param name="role">owner or standby.</param>
    /// <param name="medium">What the device stands on.</param>
    /// <param name="name">The device.</param>
    /// <param name="dieAt">A step of its pump and a count: it kills itself there; null for a worker that lives.</param>
    public ChildProcess StartWorker(string role, string medium, string name = "disk", string? dieAt = null)
    {
        var joined = Log.Count(KeeperEvent.WorkerJoined);
        var worker = ChildProcess.Spawn(new()
        {
            Program = Path.Combine(AppContext.BaseDirectory, "Stratos.Testing.Worker"),
            Arguments = [Control, name, role, medium],
            Environment = System.Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
                .Append(new("STRATOS_TEST_PARENT", Environment.ProcessId.ToString(CultureInfo.InvariantCulture)))
                .Append(new("STRATOS_TEST_DIE_AT", dieAt ?? ""))
                .ToDictionary(entry => (string)entry.Key, entry => (string)entry.Value!),
            StandardError = Path.Combine(Folder, $"worker-{_workers.Count}.log"),
        });
        _workers.Add(worker);
        Log.Await(KeeperEvent.WorkerJoined, joined + 1);
        return worker;
    }

    public ChildProcess Process(int processId) => _workers.Single(worker => worker.ProcessId == processId);

    public bool Stop()
    {
        _loop.Stop();
        return _thread.Join(TimeSpan.FromSeconds(30));
    }

    public void Dispose()
    {
        Stop();
        _loop.Dispose();
        foreach (var worker in _workers) worker.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
