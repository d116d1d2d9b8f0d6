using System.Collections.Immutable;
using Stratos.Actors.Devices;

namespace Stratos.Actors.Partitions;

/// <summary>A device's word that it failed for good.</summary>
internal sealed record DeviceLost(string Name, string Cause);

/// <summary>A device's word that it was given up in order.</summary>
internal sealed record DeviceClosed(string Name);

/// <summary>Asks the partition to give everything up in order.</summary>
internal sealed record ClosePartition
{
    public static ClosePartition Instance { get; } = new();
}

/// <summary>Asks the partition how its devices are; answered by a <see cref="PartitionReport"/>.</summary>
internal sealed record ReportPartition
{
    public static ReportPartition Instance { get; } = new();
}

/// <summary>How the devices of a partition are.</summary>
internal sealed record PartitionReport(ImmutableArray<DeviceReport> Devices);
