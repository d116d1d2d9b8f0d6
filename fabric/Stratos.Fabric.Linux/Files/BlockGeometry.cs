namespace Stratos.Fabric.Linux;

/// <summary>The units in which storage is best addressed.</summary>
/// <param name="LogicalBlockSize">Bytes; the smallest unit of direct I/O.</param>
/// <param name="PhysicalBlockSize">Bytes; a smaller aligned write makes the storage read, merge and write.</param>
public readonly record struct BlockGeometry(uint LogicalBlockSize, uint PhysicalBlockSize);
