namespace Stratos.Fabric.Linux.Tests.Sockets;

public sealed class UnixStreamTests : IDisposable
{
    private readonly UnixStream _first;
    private readonly UnixStream _second;
    private readonly byte[] _buffer = new byte[64];
    private readonly int[] _numbers = new int[8];

    public UnixStreamTests() => (_first, _second) = UnixStream.Pair();

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }

    [Fact]
    public void Bytes_and_descriptors_travel_together()
    {
        using EventFd line = EventFd.Create();
        using MemoryFile memory = MemoryFile.Create("passed", 4096);
        Assert.Equal(3, _first.Send([1, 2, 3], [line.Descriptor.Number, memory.Descriptor.Number]).Bytes);

        Assert.Equal(ReceiveStatus.Received, _second.Receive(_buffer, _numbers, out int bytes, out int count));

        Assert.Equal((3, 2), (bytes, count));
        using EventFd received = EventFd.FromDescriptor(FileDescriptor.FromRaw(_numbers[0]));
        using MemoryFile file = MemoryFile.FromDescriptor(FileDescriptor.FromRaw(_numbers[1]));
        received.Signal();
        Assert.True(line.TryConsume(out _));
        Assert.True(file.IsShrinkSealed);
        string flags = File.ReadLines($"/proc/self/fdinfo/{_numbers[0]}").Single(line => line.StartsWith("flags:", StringComparison.Ordinal));
        Assert.Contains("2004002", flags, StringComparison.Ordinal); // octal: close on exec, non-blocking, read-write
    }

    [Fact]
    public void A_peer_that_makes_a_shared_socket_blocking_again_makes_nobody_wait()
    {
        using FileDescriptor peers = _first.Descriptor.Duplicate();
        _first.IsNonBlocking = true;
        peers.IsNonBlocking = false;
        IoResult sent = default;
        ReceiveStatus received = ReceiveStatus.Closed;
        Thread thread = new(() =>
        {
            byte[] much = new byte[64 * 1024];
            do { sent = _first.Send(much); } while (sent.IsSuccess);
            received = _first.Receive(_buffer, out _);
        }) { IsBackground = true };
        thread.Start();
        Assert.True(thread.Join(TimeSpan.FromSeconds(10)), "It waits for a peer that does not read.");
        Assert.True(sent.IsWouldBlock);
        Assert.Equal(ReceiveStatus.WouldBlock, received);
    }

    [Fact]
    public void A_receive_stops_at_the_next_message_with_descriptors()
    {
        using EventFd line = EventFd.Create();
        _first.Send([1, 2]);
        _first.Send([3, 4], [line.Descriptor.Number]);
        _first.Send([5], [line.Descriptor.Number]);

        Assert.Equal(ReceiveStatus.Received, _second.Receive(_buffer, _numbers, out int bytes, out int count));
        int total = bytes;
        if (bytes == 2)
        {
            Assert.Equal(0, count);
            _second.Receive(_buffer, _numbers, out bytes, out count);
            total += bytes;
        }
        Assert.Equal((4, 1), (total, count));
        FileDescriptor.FromRaw(_numbers[0]).Dispose();
        Assert.Equal(ReceiveStatus.Received, _second.Receive(_buffer, _numbers, out bytes, out count));
        Assert.Equal((1, 1), (bytes, count));
        FileDescriptor.FromRaw(_numbers[0]).Dispose();
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(4, 3)]
    [InlineData(253, 8)]
    public void More_descriptors_than_room_are_all_closed_and_reported(int sent, int room)
    {
        using EventFd line = EventFd.Create();
        int before = ProcessResources.Descriptors;
        int[] numbers = [.. Enumerable.Repeat(line.Descriptor.Number, sent)];
        Assert.Equal(2, _first.Send([8, 9], numbers).Bytes);

        ReceiveStatus status = _second.Receive(_buffer, _numbers.AsSpan(0, room), out int bytes, out int count);

        Assert.Equal((ReceiveStatus.DescriptorsTruncated, 2, 0), (status, bytes, count));
        Assert.Equal(before, ProcessResources.Descriptors);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void Exactly_as_many_descriptors_as_room_arrive(int count)
    {
        using EventFd line = EventFd.Create();
        _first.Send([1], [.. Enumerable.Repeat(line.Descriptor.Number, count)]);
        Assert.Equal(ReceiveStatus.Received, _second.Receive(_buffer, _numbers.AsSpan(0, count), out _, out int received));
        Assert.Equal(count, received);
        foreach (int number in _numbers.AsSpan(0, count)) { FileDescriptor.FromRaw(number).Dispose(); }
    }

    [Fact]
    public void The_most_descriptors_that_the_kernel_allows_pass_and_one_more_is_refused()
    {
        using EventFd line = EventFd.Create();
        int[] most = [.. Enumerable.Repeat(line.Descriptor.Number, UnixStream.MaxDescriptors)];
        int[] room = new int[UnixStream.MaxDescriptors];
        Assert.Equal(1, _first.Send([1], most).Bytes);
        Assert.Equal(ReceiveStatus.Received, _second.Receive(_buffer, room, out _, out int count));
        Assert.Equal(UnixStream.MaxDescriptors, count);
        foreach (int number in room) { FileDescriptor.FromRaw(number).Dispose(); }
        Assert.Equal(Errno.EINVAL, _first.Send([1], [.. most, line.Descriptor.Number]).Error);
        Assert.Equal(Errno.EBADF, _first.Send([1], [-1]).Error);
    }

    [Fact]
    public void A_non_blocking_stream_says_when_it_would_block()
    {
        _first.IsNonBlocking = true;
        Assert.Equal(ReceiveStatus.WouldBlock, _first.Receive(_buffer, out int bytes));
        Assert.Equal(0, bytes);
        byte[] large = new byte[1 << 16];
        IoResult sent;
        do { sent = _first.Send(large); } while (sent.IsSuccess);
        Assert.True(sent.IsWouldBlock);
    }

    [Fact]
    public void A_peer_that_closed_is_a_value_and_no_signal()
    {
        _second.Dispose();
        Assert.Equal(ReceiveStatus.Closed, _first.Receive(_buffer, out _));
        Assert.True(_first.Send([1]).IsClosed);
    }

    [Fact]
    public void A_peer_that_closed_with_unread_data_is_closed_too()
    {
        _first.Send([1]);
        _second.Dispose();
        Assert.Equal(ReceiveStatus.Closed, _first.Receive(_buffer, out _));
    }

    [Fact]
    public void What_was_sent_before_the_end_is_received_before_it()
    {
        _first.Send([1, 2]);
        _first.Shutdown(ShutdownDirection.Send);
        Assert.Equal(ReceiveStatus.Received, _second.Receive(_buffer, out int bytes));
        Assert.Equal(2, bytes);
        Assert.Equal(ReceiveStatus.Closed, _second.Receive(_buffer, out _));
        Assert.Equal(1, _second.Send([3]).Bytes);
    }

    [Fact]
    public void Shutdown_wakes_a_thread_that_receives()
    {
        ReceiveStatus status = ReceiveStatus.Received;
        Thread reader = new(() => status = _first.Receive(_buffer, out _));
        reader.Start();
        _first.Shutdown();
        Assert.True(reader.Join(TimeSpan.FromSeconds(10)));
        Assert.Equal(ReceiveStatus.Closed, status);
    }

    [Fact]
    public void An_empty_buffer_is_refused()
    {
        Assert.Throws<ArgumentException>(() => _first.Receive([], out _));
    }

    [Fact]
    public void The_peers_process_is_known_and_can_be_watched()
    {
        Assert.Equal(Environment.ProcessId, _first.PeerProcessId);
        using ProcessHandle? peer = _first.OpenPeerProcess();
        Assert.NotNull(peer);
        Assert.False(peer.HasExited);
    }

    [Fact]
    public void Only_a_connected_Unix_stream_is_taken_over()
    {
        using UnixStream adopted = UnixStream.FromDescriptor(_first.Descriptor.Duplicate());
        adopted.Send([1]);
        Assert.Equal(ReceiveStatus.Received, _second.Receive(_buffer, out _));

        using System.Net.Sockets.Socket internet = new(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        FileDescriptor passed = DuplicateOf((int)internet.Handle);
        Assert.Equal(Errno.EPROTOTYPE, Assert.Throws<LinuxException>(() => UnixStream.FromDescriptor(passed)).Error);
        using EventFd line = EventFd.Create();
        Assert.Equal(Errno.ENOTSOCK, Assert.Throws<LinuxException>(() => UnixStream.FromDescriptor(line.Descriptor.Duplicate())).Error);
    }

    private static FileDescriptor DuplicateOf(int number)
    {
        FileDescriptor borrowed = new(number);
        FileDescriptor duplicate = borrowed.Duplicate();
        borrowed.SetHandleAsInvalid();
        return duplicate;
    }
}
