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
    private bool _disposed;

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
                Failure = e;
            }
        }) { IsBackground = true };
        _thread.Start();
    }

    public BackendOptions Options { get; }

    /// <summary>What ended the transport; null while it goes on.</summary>
    public Exception? Failure { get; private set; }

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

    /// <summary>Tells the backend to stop, without waiting for it.</summary>
    public void Stop() => _stop.Cancel();

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _stop.Cancel();
        Assert.True(_thread.Join(TimeSpan.FromSeconds(10)), "the backend did not stop");
        Assert.Null(Failure);
        _stop.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}
