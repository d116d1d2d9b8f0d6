using System.Collections.Concurrent;
using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Testing;
using Stratos.Transports.VhostUser.Backend;
using Stratos.Transports.VhostUser.Frontend;

namespace Stratos.Transports.VhostUser.Tests.Backend;

/// <summary>A backend that listens at a path of its own and serves one device, on a thread as in a partition.</summary>
internal sealed class BackendBench : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;
    private readonly string _directory = Directory.CreateTempSubdirectory("vu-").FullName;
    private Exception? _failure;

    public BackendBench(IDevicePort device, Func<BackendOptions, BackendOptions>? change = null)
    {
        var options = new BackendOptions { SocketPath = Path.Combine(_directory, "s"), Log = Lines.Enqueue };
        Options = change?.Invoke(options) ?? options;
        var backend = new VhostUserBackend(Options);
        _thread = new Thread(() =>
        {
            try
            {
                backend.Serve(device, _stop.Token);
            }
            catch (Exception e)
            {
                _failure = e;
            }
        }) { IsBackground = true };
        _thread.Start();
    }

    public BackendOptions Options { get; }

    public ConcurrentQueue<string> Lines { get; } = new();

    public RawFrontend Connect() => new(Open());

    /// <summary>Connects; the backend may not listen yet.</summary>
    public UnixStream Open() => WaitFor.Value(TryOpen, "the backend to listen");

    /// <summary>Lets a frontend of the project's own negotiate.</summary>
    public VhostUserFrontend Connect(FrontendOptions options)
    {
        Open().Dispose();
        return VhostUserFrontend.Connect(Options.SocketPath, options);
    }

    private UnixStream? TryOpen()
    {
        try
        {
            return UnixStream.Connect(Options.SocketPath);
        }
        catch (LinuxException e) when (e.Error is Errno.ECONNREFUSED or Errno.ENOENT)
        {
            return null;
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        Assert.True(_thread.Join(TimeSpan.FromSeconds(10)), "the backend did not stop");
        Assert.Null(_failure);
        _stop.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}
