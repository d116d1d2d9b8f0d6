namespace Stratos.Fabric.Linux;

/// <summary>The kernel's flags for mmap, in the combinations that are used here.</summary>
internal static class MapFlags
{
    /// <summary>MAP_SHARED.</summary>
    internal const int Shared = 1;

    /// <summary>MAP_PRIVATE | MAP_ANONYMOUS.</summary>
    internal const int Anonymous = 0x22;

    /// <summary>MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS | MAP_NORESERVE: zero pages in the place of what was there.</summary>
    internal const int Replacement = 0x4032;
}
