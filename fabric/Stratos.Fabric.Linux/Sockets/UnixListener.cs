using System.Diagnostics.CodeAnalysis;

namespace Stratos.Fabric.Linux;

/// <summary>A Unix socket that streams are accepted from.</summary>
/// <remarks>All members may be called from any thread. To wait for connections beside other things, poll <see cref="Descriptor"/>.</remarks>
public sealed unsafe class UnixListener : IDisposable
{
    private const int Backlog = 128;
    private const int LockExclusiveNoWait = 6; // LOCK_EX | LOCK_NB
    private static readonly TimeSpan s_lockPatience = TimeSpan.FromSeconds(2);

    private readonly (ulong Device, ulong Inode)? _identity;

    private UnixListener(FileDescriptor descriptor, string? path, (ulong, ulong)? identity)
    {
        Descriptor = descriptor;
        Path = path;
        _identity = identity;
    }

    /// <summary>The listening socket, non-blocking. It stays owned by this object.</summary>
    public FileDescriptor Descriptor { get; }

    /// <summary>Where it was bound; null for a socket that was taken over.</summary>
    public string? Path { get; }

    /// <summary>Binds a path and listens there. A socket file that nobody listens on any more is replaced.</summary>
    /// <param name="path">The path, at most 107 bytes of UTF-8; its directory must exist and be writable.</param>
    /// <param name="mode">Permission bits of the socket; who may write may connect. They hold before the first connection is possible.</param>
    /// <exception cref="LinuxException">
    /// <see cref="Errno.EADDRINUSE"/>: a process listens there; <see cref="Errno.EEXIST"/>: the path is something else than a socket;
    /// or what the kernel said.
    /// </exception>
    public static UnixListener Bind(string path, int mode = 0x180)
    {
        UnixAddress address = UnixSocketAddress.From(path, "bind");
        using FileDescriptor directory = LockDirectory(path);
        RemoveStale(path);
        FileDescriptor socket = UnixSocketAddress.CreateSocket();
        try
        {
            IoResult.Capture(Libc.Bind(socket, &address, UnixSocketAddress.Size)).OrThrow("bind", path);
            FileStatus status = StatusQuery.OfPath(path) ?? throw new LinuxException("bind", Errno.ENOENT, path);
            // Before listen, nobody can connect: the mode is in force from the first moment.
            IoResult.Capture(Libc.ChangeMode(path, (uint)mode)).OrThrow("chmod", path);
            IoResult.Capture(Libc.Listen(socket, Backlog)).OrThrow("listen", path);
            socket.IsNonBlocking = true;
            return new UnixListener(socket, path, (status.Device, status.Inode));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Takes over a socket that listens already (from a parent, or a supervisor). Its path is left alone on disposal.</summary>
    /// <param name="descriptor">The socket; owned by the result, and closed here if it is refused.</param>
    /// <exception cref="LinuxException">It is not a listening Unix stream socket.</exception>
    public static UnixListener FromDescriptor(FileDescriptor descriptor)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        try
        {
            SocketOptions.RequireUnixStream(descriptor, listening: true);
            descriptor.IsNonBlocking = true;
            return new UnixListener(descriptor, null, null);
        }
        catch
        {
            descriptor.Dispose();
            throw;
        }
    }

    /// <summary>Waits for a connection and takes it.</summary>
    /// <returns>The stream, blocking.</returns>
    /// <exception cref="LinuxException"><see cref="Errno.EINVAL"/> after <see cref="Shutdown"/>; or no descriptor is left.</exception>
    public UnixStream Accept()
    {
        UnixStream? stream;
        while (!TryAccept(out stream))
        {
            PollEvents events = Poll.Wait(Descriptor, PollEvents.Readable, Timeout.InfiniteTimeSpan);
            // A non-blocking accept says "would block" even after shutdown; only poll tells.
            if (events.HasFlag(PollEvents.HangUp)) { throw new LinuxException("accept", Errno.EINVAL, Path ?? "socket", "it was shut down"); }
        }
        return stream;
    }

    /// <summary>Takes a connection if one is there.</summary>
    /// <param name="stream">The stream, blocking.</param>
    /// <returns>True if there was one.</returns>
    /// <exception cref="LinuxException">No descriptor is left; the connection stays in the queue.</exception>
    public bool TryAccept([NotNullWhen(true)] out UnixStream? stream)
    {
        stream = null;
        IoResult accepted = Interruptible.Accept(Descriptor, UnixSocketAddress.CloseOnExec);
        if (accepted.IsWouldBlock || accepted.Error is Errno.ECONNABORTED) { return false; }
        stream = UnixStream.Own((int)accepted.OrThrow("accept", Path));
        return true;
    }

    /// <summary>Refuses new connections and wakes whoever waits in <see cref="Accept"/>; pollers see <see cref="PollEvents.HangUp"/>. Idempotent.</summary>
    public void Shutdown() => _ = Libc.Shutdown(Descriptor, (int)ShutdownDirection.Both);

    /// <summary>Stops listening, and removes the path if it is still this socket's. Idempotent.</summary>
    public void Dispose()
    {
        if (Descriptor.IsClosed) { return; }
        if (Path is not null && StatusQuery.OfPath(Path) is { } now && (now.Device, now.Inode) == _identity)
        {
            _ = Libc.Unlink(Path);
        }
        Descriptor.Dispose();
    }

    private static FileDescriptor LockDirectory(string path)
    {
        string parent = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path)) ?? "/";
        FileDescriptor directory = FileIo.OpenFile(parent, OpenFlags.ReadOnly | OpenFlags.Directory);
        // Between bind and listen a socket looks stale; the lock keeps another binder from removing it then.
        // Whoever can read the directory can hold the lock, so there is a limit to the patience.
        Deadline deadline = Deadline.In(s_lockPatience);
        while (Libc.Lock(directory, LockExclusiveNoWait) < 0 && deadline.Remaining > TimeSpan.Zero)
        {
            Thread.Sleep(1);
        }
        return directory;
    }

    private static void RemoveStale(string path)
    {
        if (StatusQuery.OfPath(path) is not { } status) { return; }
        if (status.Kind is not FileKind.Socket) { throw new LinuxException("bind", Errno.EEXIST, path, $"the path is a {status.Kind}, not a socket"); }
        using FileDescriptor probe = UnixSocketAddress.CreateSocket();
        probe.IsNonBlocking = true;
        IoResult answer = UnixSocketAddress.TryConnect(probe, path);
        if (answer.Error is Errno.ENOENT) { return; }
        if (answer.Error is not Errno.ECONNREFUSED) { throw new LinuxException("bind", Errno.EADDRINUSE, path, "another process listens there"); }
        IoResult.Capture(Libc.Unlink(path)).OrThrow("unlink", path);
    }
}
