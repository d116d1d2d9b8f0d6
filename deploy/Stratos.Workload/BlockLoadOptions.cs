namespace Stratos.Workload;

/// <summary>A load on a block device.</summary>
public sealed record BlockLoadOptions : LoadOptions
{
    /// <summary>Blocks that the load uses, from the device's beginning on.</summary>
    public int Blocks { get; init; } = 2048;

    /// <summary>Bytes of a block, a multiple of 512.</summary>
    public int BlockLength { get; init; } = 4096;

    /// <summary>Share of reads in percent.</summary>
    public int Reads { get; init; } = 45;

    /// <summary>Share of flushes in percent, if the device has them; the rest is writes.</summary>
    public int Flushes { get; init; } = 2;
}
