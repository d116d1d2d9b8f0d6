using Stratos.Transports.Keeper.Session;
using Stratos.Transports.VhostUser.Protocol.Payloads;

namespace Stratos.Transports.Keeper.Kept;

/// <summary>What the frontend set for one ring. A revision of 0 means that a setting is not set.</summary>
internal sealed class KeptRing
{
    public ulong[] Revisions { get; } = new ulong[(int)RingItem.Count];
    public uint Number { get; set; }
    public uint Base { get; set; }
    public VringAddress Address { get; set; }
    public bool IsEnabled { get; set; }

    /// <summary>The doorbells by <see cref="RingItem"/> from Call to Kick; a set one without descriptor is polled.</summary>
    public int[] Doorbells { get; } = [KeptDescriptor.None, KeptDescriptor.None, KeptDescriptor.None];

    public bool IsStarted => Has(RingItem.Kick);

    public bool Has(RingItem item) => Revisions[(int)item] != 0;

    public ref int Doorbell(RingItem item) => ref Doorbells[item - RingItem.Call];
}
