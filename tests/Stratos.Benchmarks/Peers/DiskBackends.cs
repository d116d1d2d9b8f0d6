using System.Globalization;

namespace Stratos.Benchmarks.Peers;

/// <summary>The two sides of a comparison, each a process that serves the same kind of disk at a socket.</summary>
internal sealed class DiskBackends : IDisposable
{
    /// <summary>Length of the disks in bytes.</summary>
    public const long Length = 256 << 20;

    private readonly string _folder = Directory.CreateTempSubdirectory("stratos-bench-").FullName;
    private readonly List<MeasuredProcess> _processes = [];
    private readonly List<string> _files = [];

    /// <summary>Starts both.</summary>
    /// <param name="kind">What the disks stand on.</param>
    /// <param name="daemon">The peer, qemu-storage-daemon.</param>
    /// <param name="stratos">The program that serves our side; null for this program's own worker without keeper and actors.</param>
    /// <param name="pollMicroseconds">How long our pump polls before it waits.</param>
    public DiskBackends(DiskKind kind, string daemon, string? stratos, double pollMicroseconds)
    {
        try
        {
            Ours = stratos is null ? StartWorker(kind, pollMicroseconds) : StartFabric(kind, stratos);
            Peer = StartDaemon(kind, daemon);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The socket of our side.</summary>
    public string Ours { get; }

    /// <summary>The socket of the peer.</summary>
    public string Peer { get; }

    /// <summary>The commands that were started.</summary>
    public IEnumerable<string> Commands => _processes.Select(process => process.Command);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var process in _processes)
            process.Dispose();
        foreach (var file in _files)
            File.Delete(file);
        Directory.Delete(_folder, recursive: true);
    }

    private string StartWorker(DiskKind kind, double pollMicroseconds)
    {
        var socket = In("ours.sock");
        string[] disk = kind switch
        {
            DiskKind.Null => ["--null"],
            DiskKind.Memory => ["--memory"],
            _ => ["--file", MakeFile(_folder, "ours.img")],
        };
        return Start(socket, Environment.ProcessPath!, ["serve", "--socket", socket, "--poll", pollMicroseconds.ToString(CultureInfo.InvariantCulture), .. disk]);
    }

    private string StartFabric(DiskKind kind, string stratos)
    {
        var socket = In("ours.sock");
        var length = Length.ToString(CultureInfo.InvariantCulture);
        string[] disk = kind switch
        {
            DiskKind.Null => ["--null", length],
            DiskKind.Memory => ["--memory", length],
            _ => ["--file", MakeFile(_folder, "ours.img")],
        };
        return Start(socket, stratos, ["device", "block", "--socket", socket, .. disk]);
    }

    private string StartDaemon(DiskKind kind, string daemon)
    {
        var socket = In("peer.sock");
        var node = kind switch
        {
            DiskKind.Null => $"null-co,node-name=disk,size={Length},read-zeroes=off",
            DiskKind.Memory => $"file,node-name=disk,filename={MakeFile("/dev/shm", $"stratos-bench-{Environment.ProcessId}.img")},aio=io_uring",
            _ => $"file,node-name=disk,filename={MakeFile(_folder, "peer.img")},aio=io_uring",
        };
        string[] Arguments(string blockdev) =>
        [
            "--object", "iothread,id=io", "--blockdev", blockdev,
            "--export", $"type=vhost-user-blk,id=export,node-name=disk,addr.type=unix,addr.path={socket},writable=on,iothread=io",
        ];
        try
        {
            return Start(socket, daemon, Arguments(node));
        }
        catch (InvalidOperationException) when (kind != DiskKind.Null)
        {
            // Without io_uring (a container may forbid it) the peer has its thread pool.
            return Start(socket, daemon, Arguments(node.Replace("aio=io_uring", "aio=threads", StringComparison.Ordinal)));
        }
    }

    private string Start(string socket, string program, string[] arguments)
    {
        var process = new MeasuredProcess(program, arguments);
        try
        {
            process.WaitForSocket(socket);
        }
        catch
        {
            process.Dispose();
            throw;
        }
        _processes.Add(process);
        return socket;
    }

    private string In(string name) => Path.Combine(_folder, name);

    private string MakeFile(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        if (_files.Contains(path))
            return path;
        var piece = new byte[1 << 20];
        new Random(1).NextBytes(piece);
        using var file = File.Create(path);
        _files.Add(path);
        for (var written = 0L; written < Length; written += piece.Length)
            file.Write(piece);
        return path;
    }
}
