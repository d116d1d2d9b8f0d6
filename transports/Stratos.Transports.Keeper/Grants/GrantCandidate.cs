using System.Runtime.InteropServices;
using Stratos.Transports.VhostUser.Protocol.Keeper;

namespace Stratos.Transports.Keeper.Grants;

/// <summary>A worker that could be granted a session.</summary>
/// <param name="Worker">The worker's number with the keeper.</param>
/// <param name="Role">What it wants to be.</param>
/// <param name="Instance">The random number that its process gave.</param>
/// <param name="IsReady">Whether it has the whole kept session and waits for the grant only.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct GrantCandidate(int Worker, KeeperRole Role, ulong Instance, bool IsReady);
