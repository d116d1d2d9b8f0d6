namespace Stratos.Testing;

/// <summary>
/// Says what a test proves of a device. The table in docs/devices.md is made of these, so a row stands there only while a
/// test bears it.
/// </summary>
/// <param name="device">The kind, such as <c>gpio</c>.</param>
/// <param name="what">A request, feature or rule, in the specification's words.</param>
/// <param name="section">The section of virtio 1.4 that says so, such as <c>5.18.6.3</c>; a document of ours where there is none.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class ProvesAttribute(string device, string what, string section) : Attribute
{
    /// <summary>The kind of device.</summary>
    public string Device { get; } = device;

    /// <summary>What is proven.</summary>
    public string What { get; } = what;

    /// <summary>Where it is specified.</summary>
    public string Section { get; } = section;

    /// <summary>The real driver or tool that proved it; null when our own driver did.</summary>
    public string? With { get; init; }
}
