namespace Stratos.Fabric.Virtio.Driver;

/// <summary>How a driver uses its ring.</summary>
public sealed record DriverRingOptions
{
    /// <summary>The ring's name, for messages.</summary>
    public string Name { get; init; } = "ring";

    /// <summary>
    /// Elements that fit a request's indirect table. Requests of 2 to this many elements go through it when
    /// VIRTIO_F_INDIRECT_DESC was negotiated, longer ones are chained in the ring; 0 for no tables.
    /// </summary>
    public int IndirectCapacity { get; init; } = 8;
}
