using System.Runtime.InteropServices;
using Stratos.Transports.VhostUser.Protocol.Payloads;

namespace Stratos.Transports.Keeper.Kept;

/// <summary>One region of guest memory that is kept.</summary>
/// <param name="Revision">When it came; tells it from every other region of the session.</param>
/// <param name="Region">Where it is.</param>
/// <param name="Descriptor">Its memory.</param>
/// <param name="IsOfTable">Whether it came with SET_MEM_TABLE.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct KeptRegion(ulong Revision, MemoryRegion Region, int Descriptor, bool IsOfTable);
