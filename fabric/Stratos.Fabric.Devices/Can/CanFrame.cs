using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Stratos.Fabric.Devices.Can;

/// <summary>One CAN frame, classic or FD. A value of fixed layout, as it lies in shared memory.</summary>
[StructLayout(LayoutKind.Sequential)]
[SuppressMessage("Performance", "CA1815", Justification = "Frames are told apart by what they hold; nobody compares whole structures.")]
public struct CanFrame
{
    /// <summary>The largest identifier of 11 bits.</summary>
    public const uint MaxStandardId = 0x7FF;

    /// <summary>The largest identifier of 29 bits.</summary>
    public const uint MaxExtendedId = 0x1FFF_FFFF;

    /// <summary>The most data of a classic frame.</summary>
    public const int MaxClassicLength = 8;

    private uint _id;
    private CanFrameFlags _flags;
    private int _length;
    private uint _reserved;
    private CanData _data;

    /// <summary>Makes a frame.</summary>
    /// <param name="id">The identifier, at most <see cref="MaxStandardId"/>, or <see cref="MaxExtendedId"/> with <see cref="CanFrameFlags.Extended"/>.</param>
    /// <param name="data">At most 8 bytes, or 64 with <see cref="CanFrameFlags.FlexibleDataRate"/>.</param>
    /// <param name="flags">What it is.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such frame.</exception>
    public CanFrame(uint id, ReadOnlySpan<byte> data, CanFrameFlags flags = CanFrameFlags.None)
        : this(id, data.Length, flags)
    {
        if (flags.HasFlag(CanFrameFlags.RemoteRequest)) { throw new ArgumentOutOfRangeException(nameof(data), "A remote request has no data; give it a length."); }
        data.CopyTo(_data);
    }

    /// <summary>Makes a frame with data of zeroes, or a remote request.</summary>
    /// <param name="id">The identifier.</param>
    /// <param name="length">Bytes of data; those of the frame that is asked for, if it is a remote request.</param>
    /// <param name="flags">What it is.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such frame.</exception>
    public CanFrame(uint id, int length, CanFrameFlags flags)
    {
        if (!IsValid(id, length, flags)) { throw new ArgumentOutOfRangeException(nameof(id), $"There is no CAN frame of identifier 0x{id:X}, {length} bytes and flags {flags}."); }
        (_id, _length, _flags) = (id, length, flags);
    }

    /// <summary>The identifier.</summary>
    public readonly uint Id => _id;

    /// <summary>What the frame is.</summary>
    public readonly CanFrameFlags Flags => _flags;

    /// <summary>Bytes of data; those that are asked for, if it is a remote request.</summary>
    public readonly int Length => _length;

    /// <summary>Whether it may have more than 8 bytes.</summary>
    public readonly bool IsFlexibleDataRate => (_flags & CanFrameFlags.FlexibleDataRate) != 0;

    /// <summary>Whether it asks for a frame and has no data.</summary>
    public readonly bool IsRemoteRequest => (_flags & CanFrameFlags.RemoteRequest) != 0;

    /// <summary>Whether the identifier has 29 bits.</summary>
    public readonly bool IsExtended => (_flags & CanFrameFlags.Extended) != 0;

    /// <summary>Bytes of data that are there: none in a remote request.</summary>
    public readonly int DataLength => IsRemoteRequest ? 0 : _length;

    /// <summary>The data.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> Data => ((ReadOnlySpan<byte>)_data)[..DataLength];

    /// <summary>The data, to be filled in.</summary>
    [UnscopedRef]
    public Span<byte> WritableData => ((Span<byte>)_data)[..DataLength];

    /// <summary>Whether such a frame exists: the identifier and the length fit the flags, FD knows no remote requests.</summary>
    public static bool IsValid(uint id, int length, CanFrameFlags flags)
    {
        const CanFrameFlags Impossible = CanFrameFlags.FlexibleDataRate | CanFrameFlags.RemoteRequest;
        uint largest = (flags & CanFrameFlags.Extended) != 0 ? MaxExtendedId : MaxStandardId;
        int longest = (flags & CanFrameFlags.FlexibleDataRate) != 0 ? CanData.Length : MaxClassicLength;
        return (flags & ~CanFrameFlags.Defined) == 0 && (flags & Impossible) != Impossible && id <= largest && length >= 0 && length <= longest;
    }

    /// <summary>As candump writes it: <c>123#DEADBEEF</c>, <c>123#R4</c>, <c>12345678##0AABB</c>.</summary>
    public override readonly string ToString()
    {
        string id = _id.ToString(IsExtended ? "X8" : "X3", CultureInfo.InvariantCulture);
        if (IsRemoteRequest) { return _length == 0 ? $"{id}#R" : string.Create(CultureInfo.InvariantCulture, $"{id}#R{_length}"); }
        return $"{id}{(IsFlexibleDataRate ? "##0" : "#")}{Convert.ToHexString(Data)}";
    }
}
