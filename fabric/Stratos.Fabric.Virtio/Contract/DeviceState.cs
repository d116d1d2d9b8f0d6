using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Virtio.Contract;

/// <summary>
/// Shared memory for the part of a device's state that a guest can observe and that no crash may lose. It is owned by
/// whoever holds the session, so it outlives the process that serves the device.
/// </summary>
/// <remarks>
/// A device orders its own writes: put the data first, then publish it with one aligned 8-byte
/// <see cref="Volatile.Write(ref ulong, ulong)"/>. A new owner may find the memory as it was between any two stores.
/// </remarks>
public sealed class DeviceState : IDisposable
{
    private readonly Mapping? _mapping;
    private readonly byte[] _local;

    private DeviceState(Mapping? mapping, byte[] local) => (_mapping, _local) = (mapping, local);

    /// <summary>State of length zero.</summary>
    public static DeviceState Empty { get; } = new(null, []);

    /// <summary>State in memory that another process can map too. Takes ownership of the mapping.</summary>
    public static DeviceState Shared(Mapping mapping) => new(mapping, []);

    /// <summary>State that lives and dies with this process; for a device that is served without a session keeper.</summary>
    /// <param name="length">Length in bytes.</param>
    public static DeviceState Local(int length) => new(null, GC.AllocateArray<byte>(length, pinned: true));

    /// <summary>The state's bytes; 8-byte aligned. Valid until disposal.</summary>
    public Span<byte> Bytes => _mapping is null ? _local : _mapping.GetSpan(0, checked((int)_mapping.Length));

    /// <inheritdoc/>
    public void Dispose() => _mapping?.Dispose();
}
