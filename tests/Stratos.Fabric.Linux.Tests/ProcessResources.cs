namespace Stratos.Fabric.Linux.Tests;

/// <summary>What this process holds of the kernel, for tests that look for leaks.</summary>
internal static class ProcessResources
{
    internal static int Descriptors => Directory.GetFileSystemEntries("/proc/self/fd").Length;

    /// <summary>What a descriptor's number stands for now; null for nothing.</summary>
    internal static string? TargetOf(int number) => new FileInfo($"/proc/self/fd/{number}").LinkTarget;

    internal static int Mappings => File.ReadLines("/proc/self/maps").Count();

    internal static int MappingsOf(string name) =>
        File.ReadLines("/proc/self/maps").Count(line => line.Contains(name, StringComparison.Ordinal));
}
