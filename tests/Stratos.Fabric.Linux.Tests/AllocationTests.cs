namespace Stratos.Fabric.Linux.Tests;

/// <summary>Calls that pumps and sessions make all the time allocate nothing on the managed heap.</summary>
public sealed unsafe class AllocationTests
{
    [Fact]
    public void Hot_calls_allocate_nothing()
    {
        using EventFd line = EventFd.Create();
        using TimerFd timer = TimerFd.Create();
        using Poller poller = new();
        using MemoryFile file = MemoryFile.Create("hot", 4096, seal: false);
        using Mapping mapping = file.Map(MemoryAccess.ReadWrite);
        (UnixStream first, UnixStream second) = UnixStream.Pair();
        poller.Add(line.Descriptor, PollEvents.Readable, 1);

        Run();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++) { Run(); }
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        first.Dispose();
        second.Dispose();

        void Run()
        {
            Span<byte> buffer = stackalloc byte[16];
            Span<int> numbers = stackalloc int[2];
            Span<PollResult> results = stackalloc PollResult[4];
            Span<PollEntry> entries = stackalloc PollEntry[1];
            line.Signal();
            entries[0] = new PollEntry(line.Descriptor, PollEvents.Readable);
            Poll.Wait(entries, TimeSpan.FromSeconds(1));
            Poll.Wait(line.Descriptor, PollEvents.Readable, TimeSpan.Zero);
            poller.Wait(results, TimeSpan.FromSeconds(1));
            line.TryConsume(out _);
            line.TryConsume(out _);
            timer.Arm(TimeSpan.FromSeconds(1));
            timer.TryConsume(out _);
            numbers[0] = line.Descriptor.Number;
            first.Send(buffer, numbers[..1]);
            second.Receive(buffer, numbers, out _, out int count);
            for (int i = 0; i < count; i++) { _ = Libc.Close(numbers[i]); }
            IoVector vector = new(mapping.Address, 16);
            FileIo.WriteVector(file.Descriptor, new ReadOnlySpan<IoVector>(&vector, 1), 0);
            FileIo.ReadVector(file.Descriptor, new ReadOnlySpan<IoVector>(&vector, 1), 0);
            FileIo.DataSync(file.Descriptor);
            FileIo.GetStatus(file.Descriptor);
            _ = mapping.IsFaulted;
            _ = MonotonicClock.Nanoseconds;
        }
    }
}
