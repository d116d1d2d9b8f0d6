using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Fabric.Virtio.Tests.Bench;

/// <summary>The kinds of rings that everything is tested with.</summary>
public static class RingKinds
{
    private const ulong Packed = VirtioFeatures.RingPacked;
    private const ulong Events = VirtioFeatures.EventIndex;
    private const ulong Indirect = VirtioFeatures.IndirectDescriptors;
    private const ulong Ordered = VirtioFeatures.InOrder;

    private static readonly (string Name, ulong Features)[] s_kinds =
    [
        ("split", 0), ("split event", Events), ("split indirect", Indirect), ("split in-order", Ordered),
        ("split all", Events | Indirect | Ordered),
        ("packed", Packed), ("packed event", Packed | Events), ("packed indirect", Packed | Indirect), ("packed in-order", Packed | Ordered),
        ("packed all", Packed | Events | Indirect | Ordered),
    ];

    /// <summary>The kinds' names, for theories.</summary>
    public static TheoryData<string> All => [.. s_kinds.Select(kind => kind.Name)];

    /// <summary>The kinds that may complete out of order.</summary>
    public static TheoryData<string> Unordered => [.. s_kinds.Where(kind => (kind.Features & Ordered) == 0).Select(kind => kind.Name)];

    /// <summary>The features of a kind.</summary>
    public static ulong Features(string name) => s_kinds.Single(kind => kind.Name == name).Features;
}
