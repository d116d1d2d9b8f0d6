using System.Runtime.InteropServices;

namespace Stratos.Fabric.Linux;

/// <summary>A descriptor in a call of <see cref="Poll"/>; the kernel's struct pollfd.</summary>
/// <remarks>Holds the bare number: the descriptor's owner has to stay alive, and open, until the call returns.</remarks>
[StructLayout(LayoutKind.Sequential)]
public struct PollEntry : IEquatable<PollEntry>
{
    private readonly int _number;
    private readonly ushort _wanted;
    private readonly ushort _returned;

    /// <summary>Waits for events on a descriptor.</summary>
    /// <param name="descriptor">The descriptor.</param>
    /// <param name="wanted">The events, of those in the lower 16 bits.</param>
    public PollEntry(FileDescriptor descriptor, PollEvents wanted)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        _number = descriptor.Number;
        _wanted = (ushort)wanted;
    }

    /// <summary>What happened, after the call.</summary>
    public readonly PollEvents Returned => (PollEvents)_returned;

    /// <inheritdoc/>
    public readonly bool Equals(PollEntry other) =>
        (_number, _wanted, _returned) == (other._number, other._wanted, other._returned);

    /// <inheritdoc/>
    public override readonly bool Equals(object? obj) => obj is PollEntry other && Equals(other);

    /// <inheritdoc/>
    public override readonly int GetHashCode() => HashCode.Combine(_number, _wanted, _returned);

    /// <summary>Compares by value.</summary>
    public static bool operator ==(PollEntry left, PollEntry right) => left.Equals(right);

    /// <summary>Compares by value.</summary>
    public static bool operator !=(PollEntry left, PollEntry right) => !left.Equals(right);
}
