using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Devices.Block;

/// <summary>Host port: what a block device keeps its data on.</summary>
/// <remarks>
/// <para>All members may be called from several threads at once; requests that overlap have no order. Ranges were
/// checked against <see cref="Length"/> as it was when the request arrived.</para>
/// <para>Errors are values: <see cref="Errno.None"/> says that the whole request was done.</para>
/// </remarks>
public interface IBlockStore : IDisposable
{
    /// <summary>Length in bytes; it may change while the store is open.</summary>
    ulong Length { get; }

    /// <summary>Whether writes are refused.</summary>
    bool IsReadOnly { get; }

    /// <summary>Whether every call returns at once, so that the pump itself may make it.</summary>
    bool IsImmediate { get; }

    /// <summary>
    /// 0 for data that outlives this process; otherwise a number of this object's own, by which a successor notices that
    /// the data went with its predecessor.
    /// </summary>
    ulong Incarnation { get; }

    /// <summary>The units in which the store is best addressed.</summary>
    BlockGeometry Geometry { get; }

    /// <summary>Whether discarding, or writing zeroes with leave to discard, can give storage back.</summary>
    bool CanDeallocate { get; }

    /// <summary>Reads from <paramref name="offset"/> on until <paramref name="data"/> is full.</summary>
    Errno Read(ulong offset, BlockData data);

    /// <summary>Writes all of <paramref name="data"/> at <paramref name="offset"/>.</summary>
    Errno Write(ulong offset, BlockData data);

    /// <summary>
    /// Reads as <see cref="Read"/> does if that needs no waiting. Never blocks, so a pump may call it.
    /// </summary>
    /// <returns>As <see cref="Read"/>; or <see cref="Errno.EAGAIN"/>, and the request is to be made by <see cref="Read"/>.</returns>
    Errno TryRead(ulong offset, BlockData data) => Errno.EAGAIN;

    /// <summary>
    /// Writes as <see cref="Write"/> does if that needs no waiting. Never blocks, so a pump may call it.
    /// </summary>
    /// <returns>As <see cref="Write"/>; or <see cref="Errno.EAGAIN"/>, and the whole request is to be made by <see cref="Write"/>.</returns>
    Errno TryWrite(ulong offset, BlockData data) => Errno.EAGAIN;

    /// <summary>Makes every write durable that had returned when this was called.</summary>
    Errno Flush();

    /// <summary>The range is not needed any more; what it reads as afterwards is undefined.</summary>
    Errno Discard(ulong offset, ulong length);

    /// <summary>Makes the range read as zeroes.</summary>
    /// <param name="offset">Bytes from the start.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="mayDeallocate">Whether the storage may be given back.</param>
    Errno WriteZeroes(ulong offset, ulong length, bool mayDeallocate);
}
