using Stratos.Fabric.Linux;

namespace Stratos.Transports.VhostUser.Channel;

/// <summary>The descriptors of one message. Those that nobody takes are closed.</summary>
public sealed class ReceivedDescriptors : IDisposable
{
    /// <summary>Most descriptors that one message may carry; no message of the protocol has more than 8.</summary>
    public const int Capacity = 16;

    private readonly FileDescriptor?[] _descriptors = new FileDescriptor?[Capacity];

    /// <summary>How many came with the message, taken ones included.</summary>
    public int Count { get; private set; }

    /// <summary>Takes a descriptor out; it is the caller's from now on.</summary>
    /// <exception cref="InvalidOperationException">It does not exist or was taken before.</exception>
    public FileDescriptor Take(int index)
    {
        var descriptor = index < Count ? _descriptors[index] : null;
        if (descriptor is null) throw new InvalidOperationException($"Descriptor {index} of {Count} is not there to be taken.");
        _descriptors[index] = null;
        return descriptor;
    }

    /// <summary>A descriptor that stays here.</summary>
    /// <exception cref="InvalidOperationException">It does not exist or was taken before.</exception>
    public FileDescriptor Peek(int index) =>
        (index < Count ? _descriptors[index] : null)
        ?? throw new InvalidOperationException($"Descriptor {index} of {Count} is not there to be looked at.");

    /// <summary>Closes all that nobody took; the object can be filled again.</summary>
    public void Dispose()
    {
        for (var i = 0; i < Count; i++)
        {
            _descriptors[i]?.Dispose();
            _descriptors[i] = null;
        }
        Count = 0;
    }

    internal void Add(ReadOnlySpan<int> numbers)
    {
        foreach (var number in numbers) _descriptors[Count++] = new FileDescriptor(number);
    }
}
