using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Devices.Console.Streams;

/// <summary>
/// The memory that a console stream's two ends share: a page with the identity, the terminal's state and the indices,
/// then the two rings.
/// </summary>
internal sealed class ConsoleStreamMemory : IDisposable
{
    private const ulong Mark = 0x314D_5254_534E_4F43; // "CONSTRM1"
    private const ulong Page = 4096;
    private const ulong IncarnationAt = 8;
    private const ulong CapacityAt = 16;
    private const ulong SizeAt = 24;
    private const ulong OpenAt = 32;
    private const ulong OutputAt = 64;
    private const ulong InputAt = OutputAt + ByteRing.IndexLength;
    private const ulong SizeKnown = 1UL << 32;
    private const ulong LargestCapacity = 1 << 24;

    private readonly Mapping _mapping;

    private ConsoleStreamMemory(Mapping mapping, int capacity)
    {
        _mapping = mapping;
        Output = new(mapping, OutputAt, Page, capacity);
        Input = new(mapping, InputAt, Page + (ulong)capacity, capacity);
    }

    /// <summary>From the device to the host.</summary>
    public ByteRing Output { get; }

    /// <summary>From the host to the device.</summary>
    public ByteRing Input { get; }

    /// <summary>This memory's own number.</summary>
    public ulong Incarnation => Word(IncarnationAt);

    /// <summary>Whether somebody is at the host's end.</summary>
    public bool IsOpen
    {
        get => Volatile.Read(ref Word(OpenAt)) != 0;
        set => Volatile.Write(ref Word(OpenAt), value ? 1UL : 0);
    }

    /// <summary>The terminal's size, if it is known.</summary>
    public TerminalSize? Size
    {
        get
        {
            ulong word = Volatile.Read(ref Word(SizeAt));
            return (word & SizeKnown) == 0 ? null : TerminalSize.Unpack((uint)word);
        }
        set => Volatile.Write(ref Word(SizeAt), value is { } size ? SizeKnown | size.Packed : 0);
    }

    /// <summary>Lays the memory out in a new file, which the caller disposes.</summary>
    /// <param name="capacity">Bytes in each direction: a power of two from 4096 to 16 MiB.</param>
    /// <param name="file">The file, for passing on.</param>
    public static ConsoleStreamMemory Create(int capacity, out MemoryFile file)
    {
        if (capacity < (int)Page || (ulong)capacity > LargestCapacity || !BitOperations.IsPow2(capacity))
        {
            throw new ArgumentOutOfRangeException(nameof(capacity), capacity, "A stream's capacity is a power of two from 4096 to 16777216.");
        }
        file = MemoryFile.Create("stratos-console", Page + (2 * (ulong)capacity));
        Mapping mapping = file.Map(MemoryAccess.ReadWrite);
        ConsoleStreamMemory memory = new(mapping, capacity);
        memory.Word(CapacityAt) = (ulong)capacity;
        memory.Word(IncarnationAt) = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))) | 1;
        Volatile.Write(ref memory.Word(0), Mark);
        return memory;
    }

    /// <summary>Maps memory that came from the host and checks that it is a stream's.</summary>
    /// <exception cref="InvalidDataException">It is not; the message says why.</exception>
    public static ConsoleStreamMemory Open(MemoryFile file)
    {
        ulong length = file.Length;
        if (length < Page) { throw new InvalidDataException($"The memory of a console stream has {length} bytes, less than a page."); }
        Mapping mapping = file.Map(MemoryAccess.ReadWrite);
        ulong capacity = MemoryMarshal.AsRef<ulong>(mapping.GetSpan(CapacityAt, sizeof(ulong)));
        ulong mark = MemoryMarshal.AsRef<ulong>(mapping.GetSpan(0, sizeof(ulong)));
        if (mark != Mark || capacity > LargestCapacity || !BitOperations.IsPow2(capacity) || length != Page + (2 * capacity))
        {
            mapping.Dispose();
            throw new InvalidDataException($"The memory of a console stream is malformed: mark {mark:x}, capacity {capacity}, length {length}.");
        }
        return new(mapping, (int)capacity);
    }

    /// <inheritdoc/>
    public void Dispose() => _mapping.Dispose();

    private ref ulong Word(ulong offset) => ref MemoryMarshal.AsRef<ulong>(_mapping.GetSpan(offset, sizeof(ulong)));
}
