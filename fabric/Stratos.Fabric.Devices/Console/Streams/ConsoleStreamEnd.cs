using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Devices.Console.Streams;

/// <summary>One process's end of a console stream: the memory, the doorbell to listen to and the one to ring.</summary>
internal sealed class ConsoleStreamEnd(ConsoleStreamMemory memory, EventFd mine, EventFd theirs, UnixStream? link) : IDisposable
{
    /// <summary>The first bytes on the socket, with the memory, the device's doorbell and the host's.</summary>
    public const ulong Greeting = 0x3154_4547_534E_4F43; // "CONSGET1"

    /// <summary>Number of descriptors that come with the greeting.</summary>
    public const int Descriptors = 3;

    /// <summary>The shared memory.</summary>
    public ConsoleStreamMemory Memory => memory;

    /// <summary>Signalled by the other end.</summary>
    public EventFd Mine => mine;

    /// <summary>The socket whose closing says that the other end is gone; null within one process.</summary>
    public UnixStream? Link => link;

    /// <summary>Tells the other end that something has changed.</summary>
    public void Ring() => theirs.Signal();

    /// <summary>Takes an end that a host offers on a socket; null if nobody listens there.</summary>
    /// <exception cref="InvalidDataException">What listens there is not a host.</exception>
    public static ConsoleStreamEnd? TryConnect(string path)
    {
        UnixStream link;
        try
        {
            link = UnixStream.Connect(path);
        }
        catch (LinuxException)
        {
            return null;
        }
        try
        {
            return Receive(link);
        }
        catch
        {
            link.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        link?.Dispose();
        mine.Dispose();
        theirs.Dispose();
        memory.Dispose();
    }

    private static ConsoleStreamEnd? Receive(UnixStream link)
    {
        Span<byte> greeting = stackalloc byte[sizeof(ulong)];
        Span<int> numbers = stackalloc int[Descriptors];
        ReceiveStatus status = link.Receive(greeting, numbers, out int bytes, out int count);
        FileDescriptor[] descriptors = [.. numbers[..count].ToArray().Select(FileDescriptor.FromRaw)];
        if (status is ReceiveStatus.Closed)
        {
            link.Dispose();
            return null;
        }
        if (status is not ReceiveStatus.Received || bytes != greeting.Length || BitConverter.ToUInt64(greeting) != Greeting || count != Descriptors)
        {
            foreach (FileDescriptor descriptor in descriptors) { descriptor.Dispose(); }
            throw new InvalidDataException($"What listens is not the host of a console stream: {bytes} bytes and {count} descriptors came.");
        }
        using MemoryFile file = MemoryFile.FromDescriptor(descriptors[0], "console stream");
        return new(ConsoleStreamMemory.Open(file), EventFd.FromDescriptor(descriptors[1]), EventFd.FromDescriptor(descriptors[2]), link);
    }
}
