namespace Stratos.Fabric.Linux;

/// <summary>Text on its way to the kernel, where a null character ends it.</summary>
internal static class NativeText
{
    /// <summary>Refuses text that the kernel would silently take only the beginning of.</summary>
    /// <exception cref="ArgumentException">There is a null character in it.</exception>
    internal static void ThrowIfCut(string text)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException($"A null character ends text for the kernel: '{text.Replace('\0', '?')}'.", nameof(text));
        }
    }
}
