namespace Stratos.Fabric.Linux.Tests;

/// <summary>Ten thousand of everything leave the process as it was.</summary>
public sealed class LeakTests : IDisposable
{
    private const int Rounds = 10_000;
    private readonly string _directory = Directory.CreateTempSubdirectory("stratos-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Descriptors() => Repeat(Rounds, () =>
    {
        using EventFd line = EventFd.Create();
        using EventFd twin = line.Duplicate();
        using EventFd adopted = EventFd.FromDescriptor(line.Descriptor.Duplicate());
        using TimerFd timer = TimerFd.Create();
        using Poller poller = new();
        poller.Add(line.Descriptor, PollEvents.Readable, 1);
        using ProcessHandle self = ProcessHandle.Open(Environment.ProcessId);
    });

    [Fact]
    public void Memory() => Repeat(Rounds, () =>
    {
        using MemoryFile sealedFile = MemoryFile.Create("leak-sealed", 8192);
        using MemoryFile open = MemoryFile.Create("leak-open", 8192, seal: false);
        using Mapping first = sealedFile.Map(MemoryAccess.ReadWrite);
        using Mapping second = open.Map(MemoryAccess.ReadWrite);
        first.Revoke();
        open.SetLength(0);
        second.Span[4096] = 1;
    });

    [Fact]
    public void Streams()
    {
        string path = Path.Combine(_directory, "s");
        byte[] buffer = new byte[8];
        int[] numbers = new int[2];
        Repeat(Rounds, () =>
        {
            (UnixStream first, UnixStream second) = UnixStream.Pair();
            first.Send([1], [first.Descriptor.Number, second.Descriptor.Number]);
            second.Receive(buffer, numbers, out _, out _);
            foreach (int number in numbers) { FileDescriptor.FromRaw(number).Dispose(); }
            first.Send([1], [first.Descriptor.Number, second.Descriptor.Number]);
            second.Receive(buffer, numbers.AsSpan(0, 1), out _, out _);
            first.Send([1], [first.Descriptor.Number]); // never received
            first.Dispose();
            second.Dispose();
            using UnixListener listener = UnixListener.Bind(path);
            using UnixStream client = UnixStream.Connect(path);
            using UnixStream server = listener.Accept();
        });
    }

    [Fact]
    public void Children() => Repeat(50, () =>
    {
        using EventFd line = EventFd.Create();
        using ChildProcess child = ChildProcess.Spawn(new ChildOptions { Program = "/bin/true", Descriptors = [new(line.Descriptor, 10)] });
        child.Reap();
    });

    [Fact]
    public void Terminals() => Repeat(1000, () =>
    {
        using PseudoTerminal terminal = PseudoTerminal.Open();
        using FileDescriptor slave = terminal.OpenSlave();
    });

    private static void Repeat(int rounds, Action action)
    {
        // The runtime grows its heap and its code while it goes; those are few mappings, whatever the rounds.
        const int RuntimeMappings = 100;
        action();
        int descriptors = ProcessResources.Descriptors;
        int mappings = ProcessResources.Mappings;
        for (int i = 0; i < rounds; i++) { action(); }
        Assert.Equal(descriptors, ProcessResources.Descriptors);
        Assert.Equal(0, ProcessResources.MappingsOf("leak-"));
        Assert.InRange(ProcessResources.Mappings, 0, mappings + Math.Min(RuntimeMappings, rounds - 1));
        Assert.Equal(0, MemoryFaultGuard.Count);
    }
}
