namespace Stratos.Fabric.Linux.Tests.Sockets;

public sealed class UnixListenerTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("stratos-").FullName;

    private string SocketPath => Path.Combine(_directory, "s.sock");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_connection_is_accepted_and_disposal_removes_the_path()
    {
        using (UnixListener listener = UnixListener.Bind(SocketPath))
        {
            Assert.False(listener.TryAccept(out _));
            using UnixStream client = UnixStream.Connect(SocketPath);
            using UnixStream server = listener.Accept();
            Assert.Equal(5, client.Send("hello"u8).Bytes);
            byte[] buffer = new byte[16];
            Assert.Equal(ReceiveStatus.Received, server.Receive(buffer, out int bytes));
            Assert.Equal("hello"u8, buffer.AsSpan(0, bytes));
            Assert.Equal(Environment.ProcessId, server.PeerProcessId);
        }
        Assert.False(File.Exists(SocketPath));
    }

    [Theory]
    [InlineData(0x180)]
    [InlineData(0x1B6)]
    public void The_mode_is_what_was_asked_for_whatever_the_umask(int mode)
    {
        using UnixListener listener = UnixListener.Bind(SocketPath, mode);
        Assert.Equal(mode, StatusQuery.OfPath(SocketPath)!.Value.Permissions);
    }

    [Fact]
    public void A_path_where_someone_listens_is_refused_clearly()
    {
        using UnixListener listener = UnixListener.Bind(SocketPath);
        LinuxException refusal = Assert.Throws<LinuxException>(() => UnixListener.Bind(SocketPath));
        Assert.Equal(Errno.EADDRINUSE, refusal.Error);
        Assert.Contains("another process listens there", refusal.Message, StringComparison.Ordinal);
        using UnixStream client = UnixStream.Connect(SocketPath);
    }

    [Fact]
    public void A_listener_with_a_full_backlog_still_counts_as_listening()
    {
        using UnixListener listener = UnixListener.Bind(SocketPath);
        List<UnixStream> clients = [];
        for (int i = 0; i <= 128; i++) { clients.Add(UnixStream.Connect(SocketPath)); }
        Assert.Equal(Errno.EADDRINUSE, Assert.Throws<LinuxException>(() => UnixListener.Bind(SocketPath)).Error);
        foreach (UnixStream client in clients) { client.Dispose(); }
    }

    [Fact]
    public void A_stale_socket_is_replaced_and_the_old_owner_does_not_remove_the_new_one()
    {
        UnixListener old = UnixListener.Bind(SocketPath);
        old.Shutdown();
        using UnixListener listener = UnixListener.Bind(SocketPath);
        old.Dispose();
        using UnixStream client = UnixStream.Connect(SocketPath);
        Assert.True(listener.TryAccept(out UnixStream? server));
        server.Dispose();
    }

    [Fact]
    public void Something_else_at_the_path_is_never_removed()
    {
        File.WriteAllText(SocketPath, "precious");
        LinuxException refusal = Assert.Throws<LinuxException>(() => UnixListener.Bind(SocketPath));
        Assert.Equal(Errno.EEXIST, refusal.Error);
        Assert.Equal("precious", File.ReadAllText(SocketPath));
    }

    [Fact]
    public void Of_many_binders_at_once_exactly_one_wins()
    {
        for (int round = 0; round < 20; round++)
        {
            using (UnixListener stale = UnixListener.Bind(SocketPath))
            {
                stale.Shutdown();
                UnixListener?[] winners = new UnixListener?[4];
                Parallel.For(0, winners.Length, index =>
                {
                    try { winners[index] = UnixListener.Bind(SocketPath); }
                    catch (LinuxException refusal) when (refusal.Error is Errno.EADDRINUSE) { }
                });
                UnixListener winner = Assert.Single(winners, listener => listener is not null)!;
                using UnixStream client = UnixStream.Connect(SocketPath);
                Assert.True(winner.TryAccept(out UnixStream? server));
                server.Dispose();
                winner.Dispose();
            }
        }
    }

    [Fact]
    public void Shutdown_wakes_a_thread_in_accept()
    {
        using UnixListener listener = UnixListener.Bind(SocketPath);
        Errno error = Errno.None;
        Thread acceptor = new(() => error = Assert.Throws<LinuxException>(listener.Accept).Error);
        acceptor.Start();
        listener.Shutdown();
        Assert.True(acceptor.Join(TimeSpan.FromSeconds(10)));
        Assert.Equal(Errno.EINVAL, error);
    }

    [Fact]
    public void A_listening_socket_can_be_taken_over_and_nothing_else()
    {
        using UnixListener listener = UnixListener.Bind(SocketPath);
        using (UnixListener heir = UnixListener.FromDescriptor(listener.Descriptor.Duplicate()))
        {
            Assert.Null(heir.Path);
            using UnixStream client = UnixStream.Connect(SocketPath);
            Assert.True(heir.TryAccept(out UnixStream? server));
            server.Dispose();
            FileDescriptor connected = client.Descriptor.Duplicate();
            Assert.Equal(Errno.EPROTOTYPE, Assert.Throws<LinuxException>(() => UnixListener.FromDescriptor(connected)).Error);
            Assert.True(connected.IsClosed);
        }
        Assert.True(File.Exists(SocketPath));
    }

    [Fact]
    public void The_peers_death_is_seen_through_its_handle()
    {
        using UnixListener listener = UnixListener.Bind(SocketPath);
        using ChildProcess child = ChildScenario.Start(ChildScenario.Connect, path: SocketPath);
        using UnixStream stream = listener.Accept();
        Assert.Equal(child.ProcessId, stream.PeerProcessId);
        using ProcessHandle? peer = stream.OpenPeerProcess();
        Assert.NotNull(peer);
        Assert.False(peer.HasExited);

        peer.Kill();

        Assert.True(peer.Wait(TimeSpan.FromSeconds(20)));
        Assert.Equal(new ChildExit(null, 9), child.Reap());
        using ProcessHandle? gone = stream.OpenPeerProcess();
        Assert.True(gone?.HasExited ?? true);
        Assert.Equal(ReceiveStatus.Closed, stream.Receive(new byte[1], out _));
    }

    [Fact]
    public void A_path_that_is_too_long_or_whose_directory_is_missing_is_refused()
    {
        string tooLong = "/tmp/" + new string('x', 103);
        Assert.Equal(Errno.ENAMETOOLONG, Assert.Throws<LinuxException>(() => UnixListener.Bind(tooLong)).Error);
        Assert.Equal(Errno.ENAMETOOLONG, Assert.Throws<LinuxException>(() => UnixStream.Connect(tooLong)).Error);
        Assert.Equal(Errno.ENOENT, Assert.Throws<LinuxException>(() => UnixListener.Bind(Path.Combine(_directory, "no", "s"))).Error);
        Assert.Equal(Errno.ENOENT, Assert.Throws<LinuxException>(() => UnixStream.Connect(SocketPath)).Error);
    }
}
