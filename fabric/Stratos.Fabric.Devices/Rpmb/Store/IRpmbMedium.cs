using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Devices.Rpmb.Store;

/// <summary>Host port: bytes that are durable once synced, on which an <see cref="RpmbStore"/> keeps key, counter and data.</summary>
/// <remarks>
/// What the store relies on, and nothing more: what was written before a <see cref="Sync"/> that succeeded is there after a
/// loss of power; what was written since may be there, in part, in any order, or not at all. Called from one thread at a time.
/// </remarks>
public interface IRpmbMedium : IDisposable
{
    /// <summary>Whether no call ever waits for storage, so that a pump may make it.</summary>
    bool IsImmediate { get; }

    /// <summary>Fills <paramref name="destination"/> from <paramref name="offset"/> on.</summary>
    /// <returns><see cref="Errno.None"/>, or why it could not.</returns>
    Errno Read(ulong offset, Span<byte> destination);

    /// <summary>Writes all of <paramref name="source"/> at <paramref name="offset"/>.</summary>
    /// <returns><see cref="Errno.None"/>, or why it could not; some of it may be written then.</returns>
    Errno Write(ulong offset, ReadOnlySpan<byte> source);

    /// <summary>Makes everything that was written durable.</summary>
    /// <returns><see cref="Errno.None"/>, or why it could not; then nobody knows what is durable.</returns>
    Errno Sync();
}
