namespace Stratos.Lab;

/// <summary>QEMU's notation for option values.</summary>
internal static class QemuText
{
    /// <summary>A value inside a comma-separated option: a comma is written twice.</summary>
    public static string Escape(string value) => value.Replace(",", ",,", StringComparison.Ordinal);
}
