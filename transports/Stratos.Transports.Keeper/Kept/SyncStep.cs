using System.Runtime.InteropServices;
using Stratos.Transports.VhostUser.Protocol.Messages;

namespace Stratos.Transports.Keeper.Kept;

/// <summary>The message that tells a worker of one setting.</summary>
/// <param name="Request">The message; None when the worker knows everything.</param>
/// <param name="Item">The setting, if it is the session's.</param>
/// <param name="Ring">The ring, if it is a ring's; else -1.</param>
/// <param name="RingItem">The ring's setting.</param>
/// <param name="Revision">The setting's revision.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SyncStep(FrontendRequest Request, KeptItem Item, int Ring, RingItem RingItem, ulong Revision)
{
    public static SyncStep None => new(FrontendRequest.None, KeptItem.None, -1, default, 0);
}
