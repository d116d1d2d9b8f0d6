using System.Runtime.InteropServices;

namespace Stratos.Transports.Keeper.Session;

/// <summary>One thing that a session asks of its shell. Bytes and descriptors are in the list that it came in.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="Target">The worker or the descriptor; see <see cref="KeeperActionKind"/>.</param>
/// <param name="Value">A number; see <see cref="KeeperActionKind"/>.</param>
/// <param name="Offset">Where the message's bytes begin in the list.</param>
/// <param name="Length">How many bytes.</param>
/// <param name="FirstDescriptor">Where its descriptors begin.</param>
/// <param name="Descriptors">How many descriptors.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct KeeperAction(
    KeeperActionKind Kind, int Target, ulong Value, int Offset, int Length, int FirstDescriptor, int Descriptors);
