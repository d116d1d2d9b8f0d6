using System.Runtime.InteropServices;
using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Driver;

namespace Stratos.Fabric.Virtio.Tests.Driver;

/// <summary>Guest memory with one ring in it, and access to its bytes by guest address.</summary>
internal sealed class DriverBench : IDisposable
{
    public const ulong Base = 0x4000_0000;
    private readonly Mapping _mapping;

    public DriverBench(ushort size, ulong features, int indirectCapacity = 8)
    {
        using var file = MemoryFile.Create("driver-bench", 8 << 20);
        _mapping = file.Map(MemoryAccess.ReadWrite);
        Heap = new(_mapping, Base);
        Ring = DriverRing.Create(Heap, size, features, new() { Name = "bench", IndirectCapacity = indirectCapacity });
        Size = size;
    }

    public GuestHeap Heap { get; }

    public DriverRing Ring { get; }

    public int Size { get; }

    public ref T At<T>(ulong address)
        where T : unmanaged => ref MemoryMarshal.AsRef<T>(_mapping.GetSpan(address - Base, System.Runtime.CompilerServices.Unsafe.SizeOf<T>()));

    public ReadOnlySpan<byte> Bytes(ulong address, int length) => _mapping.GetSpan(address - Base, length);

    /// <summary>Adds a request that nobody follows the addresses of.</summary>
    public bool Add(ulong cookie, params (uint Length, bool Writable)[] elements)
    {
        var buffers = new DriverBuffer[elements.Length];
        for (var i = 0; i < elements.Length; i++)
            buffers[i] = new(0x1000_0000 + (cookie << 16) + ((ulong)i << 12), elements[i].Length, elements[i].Writable);
        return Ring.TryAdd(buffers, cookie);
    }

    public void Dispose() => _mapping.Dispose();
}
