using System.Runtime.InteropServices;

namespace Stratos.Fabric.Linux;

/// <summary>One piece of memory in a vectored read or write; the kernel's struct iovec.</summary>
/// <param name="Address">The first byte. The memory must stay where it is until the call returns.</param>
/// <param name="Length">Bytes.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct IoVector(nint Address, nuint Length);
