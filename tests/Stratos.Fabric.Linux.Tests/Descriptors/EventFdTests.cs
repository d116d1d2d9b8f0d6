using System.Buffers.Binary;

namespace Stratos.Fabric.Linux.Tests.Descriptors;

public sealed class EventFdTests
{
    [Fact]
    public void Signals_add_up_and_are_consumed_once()
    {
        using EventFd line = EventFd.Create();
        Assert.False(line.TryConsume(out ulong none));
        Assert.Equal(0UL, none);
        line.Signal();
        line.Signal();
        Assert.True(line.TryConsume(out ulong count));
        Assert.Equal(2UL, count);
        Assert.False(line.TryConsume(out _));
    }

    [Fact]
    public void An_initial_value_is_signalled()
    {
        using EventFd line = EventFd.Create(3);
        Assert.Equal(PollEvents.Readable, Poll.Wait(line.Descriptor, PollEvents.Readable, TimeSpan.Zero));
        Assert.True(line.TryConsume(out ulong count));
        Assert.Equal(3UL, count);
    }

    [Fact]
    public void A_duplicate_shares_the_counter()
    {
        using EventFd line = EventFd.Create();
        using EventFd twin = line.Duplicate();
        Assert.NotEqual(line.Descriptor.Number, twin.Descriptor.Number);
        twin.Signal();
        Assert.True(line.TryConsume(out _));
        Assert.False(twin.TryConsume(out _));
    }

    [Fact]
    public void Consuming_never_blocks_even_when_a_peer_makes_the_file_blocking()
    {
        using EventFd line = EventFd.Create();
        FileDescriptor peer = line.Descriptor.Duplicate();
        peer.IsNonBlocking = false;
        Assert.False(line.Descriptor.IsNonBlocking);
        Assert.False(line.TryConsume(out _));

        using EventFd adopted = EventFd.FromDescriptor(peer);
        Assert.True(line.Descriptor.IsNonBlocking);
    }

    [Fact]
    public void A_full_counter_is_signalled_already()
    {
        using EventFd line = EventFd.Create();
        Span<byte> full = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(full, ulong.MaxValue - 1);
        Assert.True(FileIo.Write(line.Descriptor, full).IsSuccess);
        line.Signal();
        Assert.True(line.TryConsume(out ulong count));
        Assert.Equal(ulong.MaxValue - 1, count);
    }

    [Fact]
    public void Other_kinds_of_descriptors_are_refused_and_closed()
    {
        (UnixStream first, UnixStream second) = UnixStream.Pair();
        using TimerFd timer = TimerFd.Create();
        using MemoryFile memory = MemoryFile.Create("hostile", 4096);
        using ProcessHandle process = ProcessHandle.Open(Environment.ProcessId);
        using FileDescriptor nothing = FileIo.OpenFile("/dev/null", OpenFlags.ReadWrite);
        using FileDescriptor directory = FileIo.OpenFile("/proc/self", OpenFlags.ReadOnly | OpenFlags.Directory);
        using (first)
        using (second)
        {
            FileDescriptor[] hostile = [first.Descriptor, timer.Descriptor, memory.Descriptor, process.Descriptor, nothing, directory];
            foreach (FileDescriptor descriptor in hostile)
            {
                FileDescriptor passed = descriptor.Duplicate();
                int number = passed.Number;
                string? target = ProcessResources.TargetOf(number);
                Assert.NotNull(target);
                LinuxException refusal = Assert.Throws<LinuxException>(() => EventFd.FromDescriptor(passed));
                Assert.Equal(Errno.EINVAL, refusal.Error);
                Assert.True(passed.IsClosed);
                // Not a count of all descriptors: the runtime and the test's runner open some at any time.
                Assert.NotEqual(target, ProcessResources.TargetOf(number));
            }
        }
    }

    [Fact]
    public void A_disposed_line_says_so()
    {
        EventFd line = EventFd.Create();
        line.Dispose();
        line.Dispose();
        Assert.Throws<ObjectDisposedException>(line.Signal);
        Assert.Throws<ObjectDisposedException>(() => line.TryConsume(out _));
    }

    [Fact]
    public void No_signal_is_lost_between_threads()
    {
        const ulong Signals = 100_000;
        using EventFd line = EventFd.Create();
        Thread sender = new(() =>
        {
            for (ulong i = 0; i < Signals; i++) { line.Signal(); }
        });
        sender.Start();
        ulong sum = 0;
        while (sum < Signals)
        {
            Poll.Wait(line.Descriptor, PollEvents.Readable, TimeSpan.FromSeconds(10));
            Assert.True(line.TryConsume(out ulong count));
            sum += count;
        }
        sender.Join();
        Assert.Equal(Signals, sum);
    }
}
