namespace Stratos.Fabric.Devices.Catalogue;

/// <summary>One option of a device kind, as a command line or a topology file gives it.</summary>
/// <param name="Name">The option's name, such as <c>read-only</c>; on a command line with two dashes before it.</param>
/// <param name="Value">What the value is called in help texts, such as <c>PATH</c>; null for a switch that takes none.</param>
/// <param name="Help">What it does, one line, with range, unit and default.</param>
public sealed record DeviceOption(string Name, string? Value, string Help)
{
    /// <summary>Whether the option takes no value: to be there means yes.</summary>
    public bool IsSwitch => Value is null;
}
