namespace Stratos.Fabric.Linux.Tests;

/// <summary>What this process holds of the kernel, for tests that look for leaks.</summary>
internal static class ProcessResources
{
    internal static int Descriptors => Directory.GetFileSystemEntries("/proc/self/fd").Length;

    internal static int Mappings => File.ReadLines("/proc/self/maps").Count();

    internal static int MappingsOf(string name) =>
        File.ReadLines("/proc/self/maps").Count(line => line.Contains(name, StringComparison.Ordinal));
}
