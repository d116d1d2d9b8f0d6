namespace Stratos.Fabric.Linux;

/// <summary>A connected Unix stream that carries bytes and descriptors.</summary>
/// <remarks>
/// One thread may send while another receives. Sending and receiving allocate nothing. Streams start out blocking;
/// see <see cref="IsNonBlocking"/>.
/// </remarks>
public sealed unsafe class UnixStream : IDisposable
{
    private bool _neverWaits;

    private UnixStream(FileDescriptor descriptor) => Descriptor = descriptor;

    /// <summary>The most descriptors that one message can carry (the kernel's SCM_MAX_FD).</summary>
    public const int MaxDescriptors = 253;

    /// <summary>The socket, for polling. It stays owned by this object.</summary>
    public FileDescriptor Descriptor { get; }

    /// <summary>Whether sending and receiving return at once instead of waiting.</summary>
    /// <remarks>
    /// Once set here it holds for this object, even where a peer that shares the open file (it passed the descriptor)
    /// makes that blocking again.
    /// </remarks>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public bool IsNonBlocking
    {
        get => Descriptor.IsNonBlocking;
        set => (Descriptor.IsNonBlocking, _neverWaits) = (value, value);
    }

    /// <summary>The process that connected, listened, or made the pair, as it was at that time; 0 if it is outside this process's view.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public int PeerProcessId => SocketOptions.GetPeer(Descriptor).ProcessId;

    /// <summary>The user that the peer ran as when it connected, listened, or made the pair.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public uint PeerUserId => SocketOptions.GetPeer(Descriptor).UserId;

    /// <summary>Connects to a listener.</summary>
    /// <param name="path">Where it listens, at most 107 bytes of UTF-8.</param>
    /// <exception cref="LinuxException"><see cref="Errno.ENOENT"/>, <see cref="Errno.ECONNREFUSED"/> (nobody listens), <see cref="Errno.EACCES"/>.</exception>
    public static UnixStream Connect(string path)
    {
        FileDescriptor socket = UnixSocketAddress.CreateSocket();
        try
        {
            UnixSocketAddress.TryConnect(socket, path).OrThrow("connect", path);
            return new UnixStream(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Connects to a listener without ever waiting: also a listener whose queue is full is only a failure.</summary>
    /// <param name="path">Where it listens, at most 107 bytes of UTF-8.</param>
    /// <param name="stream">The stream, non-blocking; null if there is none.</param>
    /// <returns>Zero, or why nobody was reached: <see cref="Errno.ENOENT"/>, <see cref="Errno.ECONNREFUSED"/>, <see cref="Errno.EAGAIN"/> (queue full), <see cref="Errno.EACCES"/>.</returns>
    /// <exception cref="LinuxException">The path is too long, or no descriptor is left.</exception>
    public static IoResult TryConnect(string path, out UnixStream? stream)
    {
        FileDescriptor socket = UnixSocketAddress.CreateSocket();
        IoResult connected;
        try
        {
            socket.IsNonBlocking = true;
            connected = UnixSocketAddress.TryConnect(socket, path);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
        stream = connected.IsSuccess ? new UnixStream(socket) : null;
        if (stream is null) { socket.Dispose(); }
        return connected;
    }

    /// <summary>Makes two streams that are connected to each other.</summary>
    /// <exception cref="LinuxException">No descriptor is left.</exception>
    public static (UnixStream First, UnixStream Second) Pair()
    {
        int* pair = stackalloc int[2];
        IoResult.Capture(Libc.SocketPair(UnixSocketAddress.Family, UnixSocketAddress.Stream | UnixSocketAddress.CloseOnExec, 0, pair)).OrThrow("socketpair");
        return (Own(pair[0]), Own(pair[1]));
    }

    /// <summary>Takes a descriptor that came from elsewhere and checks that it is a Unix stream.</summary>
    /// <param name="descriptor">The descriptor; owned by the result, and closed here if it is refused.</param>
    /// <exception cref="LinuxException">It is something else (<see cref="Errno.EPROTOTYPE"/>, <see cref="Errno.ENOTSOCK"/>).</exception>
    public static UnixStream FromDescriptor(FileDescriptor descriptor)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        try
        {
            SocketOptions.RequireUnixStream(descriptor, listening: false);
            return new UnixStream(descriptor);
        }
        catch
        {
            descriptor.Dispose();
            throw;
        }
    }

    /// <summary>Receives bytes, and the descriptors that came with the first of them.</summary>
    /// <param name="buffer">Where the bytes go; not empty.</param>
    /// <param name="descriptors">Where the descriptors' numbers go, closed on exec. Those written are the caller's to own.</param>
    /// <param name="bytes">How many bytes came.</param>
    /// <param name="descriptorCount">How many descriptors came.</param>
    /// <returns>How it ended.</returns>
    /// <exception cref="ArgumentException">The buffer is empty.</exception>
    /// <exception cref="LinuxException">An error other than those of <see cref="ReceiveStatus"/>.</exception>
    public ReceiveStatus Receive(Span<byte> buffer, Span<int> descriptors, out int bytes, out int descriptorCount)
    {
        bytes = 0;
        descriptorCount = 0;
        if (buffer.IsEmpty) { throw new ArgumentException("There must be room for a byte.", nameof(buffer)); }
        IoResult result = DescriptorMessage.Receive(Descriptor, buffer, descriptors, !_neverWaits, out descriptorCount, out bool truncated);
        if (result.IsSuccess)
        {
            bytes = (int)result.Bytes;
            if (truncated) { return ReceiveStatus.DescriptorsTruncated; }
            return bytes == 0 ? ReceiveStatus.Closed : ReceiveStatus.Received;
        }
        if (result.IsWouldBlock) { return ReceiveStatus.WouldBlock; }
        return result.IsClosed ? ReceiveStatus.Closed : throw new LinuxException("recvmsg", result.Error);
    }

    /// <summary>Receives bytes from a peer that should send no descriptors; any that come are closed and reported.</summary>
    /// <param name="buffer">Where the bytes go; not empty.</param>
    /// <param name="bytes">How many bytes came.</param>
    /// <returns>How it ended.</returns>
    public ReceiveStatus Receive(Span<byte> buffer, out int bytes) => Receive(buffer, [], out bytes, out _);

    /// <summary>Sends bytes, and descriptors with the first of them. Raises no signal when the peer is gone.</summary>
    /// <param name="buffer">The bytes; at least one if there are descriptors.</param>
    /// <param name="descriptors">The descriptors' numbers, at most <see cref="MaxDescriptors"/>. They stay the caller's.</param>
    /// <returns>
    /// How many bytes were taken; the descriptors went with them. Or an error, with nothing sent:
    /// <see cref="IoResult.IsWouldBlock"/>, <see cref="IoResult.IsClosed"/>, ETOOMANYREFS (too many in flight), <see cref="Errno.EINVAL"/> (too many).
    /// </returns>
    public IoResult Send(ReadOnlySpan<byte> buffer, ReadOnlySpan<int> descriptors = default) =>
        DescriptorMessage.Send(Descriptor, buffer, descriptors, !_neverWaits);

    /// <summary>A handle of the peer's process, which its death can be awaited with.</summary>
    /// <remarks>
    /// From Linux 6.5 the kernel gives the very process that connected. Before, the process is looked up by number,
    /// which another process may have taken over if the peer has died and been reaped.
    /// </remarks>
    /// <returns>The handle, or null if the process has gone or is outside this process's view.</returns>
    /// <exception cref="LinuxException">The kernel refused for another reason.</exception>
    public ProcessHandle? OpenPeerProcess()
    {
        IoResult handle = SocketOptions.GetPeerHandle(Descriptor);
        if (handle.IsSuccess) { return ProcessHandle.Own((int)handle.Bytes); }
        if (handle.Error is Errno.ESRCH or Errno.ENODATA) { return null; }
        int process = PeerProcessId;
        return process <= 0 ? null : ProcessHandle.TryOpen(process);
    }

    /// <summary>Closes one direction or both; a thread that waits in a call on this stream returns. Idempotent.</summary>
    /// <param name="direction">Which.</param>
    public void Shutdown(ShutdownDirection direction = ShutdownDirection.Both) => _ = Libc.Shutdown(Descriptor, (int)direction);

    /// <summary>Closes the stream. A thread that waits in a call on it is not woken: use <see cref="Shutdown"/> first. Idempotent.</summary>
    public void Dispose() => Descriptor.Dispose();

    internal static UnixStream Own(int number) => new(new FileDescriptor(number));
}
