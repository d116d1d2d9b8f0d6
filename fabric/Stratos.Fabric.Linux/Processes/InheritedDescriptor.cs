namespace Stratos.Fabric.Linux;

/// <summary>A descriptor that a child starts with.</summary>
/// <param name="Descriptor">Ours; it stays open and owned here.</param>
/// <param name="Number">The child's number for it, 0 or more.</param>
public readonly record struct InheritedDescriptor(FileDescriptor Descriptor, int Number);
