namespace Stratos.Fabric.Virtio.Driver;

/// <summary>A piece of guest memory: where the guest has it, and its bytes here. Valid while the heap's mapping is.</summary>
public readonly unsafe struct GuestBuffer
{
    private readonly byte* _bytes;

    internal GuestBuffer(byte* bytes, ulong address, int length)
    {
        _bytes = bytes;
        Address = address;
        Length = length;
    }

    /// <summary>Guest-physical address of the first byte.</summary>
    public ulong Address { get; }

    /// <summary>Length in bytes.</summary>
    public int Length { get; }

    /// <summary>The bytes. The device may change those it was given as writable at any time until it has used them.</summary>
    public Span<byte> Span => new(_bytes, Length);

    internal byte* Pointer => _bytes;

    /// <summary>Part of this buffer.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The part is not within the buffer.</exception>
    public GuestBuffer Slice(int offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length - offset);
        return new(_bytes + offset, Address + (ulong)offset, length);
    }

    /// <summary>The buffer as an element that the device reads.</summary>
    public DriverBuffer ToDevice => new(Address, (uint)Length, DeviceWritable: false);

    /// <summary>The buffer as an element that the device writes.</summary>
    public DriverBuffer FromDevice => new(Address, (uint)Length, DeviceWritable: true);
}
