using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Benchmarks.Load;

/// <summary>Ring layouts by the names that the command line uses.</summary>
internal static class RingKind
{
    public static readonly string[] Names = ["split", "packed", "split-in-order", "packed-in-order"];

    /// <summary>The ring features of a kind: all that the fabric knows, without those that the kind leaves out.</summary>
    public static ulong Features(string kind)
    {
        var features = VirtioFeatures.Rings;
        if (!kind.StartsWith("packed", StringComparison.Ordinal))
            features &= ~VirtioFeatures.RingPacked;
        return kind.EndsWith("in-order", StringComparison.Ordinal) ? features : features & ~VirtioFeatures.InOrder;
    }
}
