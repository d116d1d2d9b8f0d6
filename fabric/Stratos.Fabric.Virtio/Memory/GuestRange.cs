using System.Runtime.CompilerServices;

namespace Stratos.Fabric.Virtio.Memory;

/// <summary>A window as translation needs it.</summary>
/// <param name="Start">Guest address of the first byte.</param>
/// <param name="Length">Length in bytes; zero holds no address.</param>
/// <param name="Host">The first byte in this process.</param>
internal readonly record struct GuestRange(ulong Start, ulong Length, nint Host)
{
    /// <summary>The first byte after the window in this process.</summary>
    internal nint HostEnd => Host + (nint)Length;

    /// <summary>Whether all of a range lies in the window; cannot be fooled by a sum that wraps around.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool Holds(ulong guestAddress, ulong length) => length <= Length && guestAddress - Start <= Length - length;

    /// <summary>The bytes from an address in the window to the window's end.</summary>
    internal ulong BytesFrom(ulong guestAddress) => Length - (guestAddress - Start);

    /// <summary>The address in this process of a guest address in the window.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal nint Translate(ulong guestAddress) => Host + (nint)(guestAddress - Start);

    /// <summary>Whether the window begins where another ends.</summary>
    internal bool Continues(GuestRange before) => before.Start + before.Length == Start;
}
