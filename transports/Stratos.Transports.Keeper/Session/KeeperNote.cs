using System.Runtime.InteropServices;

namespace Stratos.Transports.Keeper.Session;

/// <summary>One event of a session, for the log.</summary>
/// <param name="What">What happened.</param>
/// <param name="Worker">The worker that it happened to; 0 if none.</param>
/// <param name="Number">A number; see <see cref="KeeperEvent"/>.</param>
/// <param name="Detail">Words for the reader, or null.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct KeeperNote(KeeperEvent What, int Worker, ulong Number, string? Detail);
