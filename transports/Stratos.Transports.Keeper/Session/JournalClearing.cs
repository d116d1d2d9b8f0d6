using System.Runtime.InteropServices;

namespace Stratos.Transports.Keeper.Session;

/// <summary>Which part of a journal is to be cleared.</summary>
/// <param name="Offset">Where the queue's region begins in the descriptor's file.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="IsPacked">1 for a packed ring.</param>
/// <param name="OnlyIfIdle">1 to leave a region alone that holds requests in flight.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct JournalClearing(ulong Offset, int Length, byte IsPacked, byte OnlyIfIdle);
