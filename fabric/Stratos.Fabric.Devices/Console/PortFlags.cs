namespace Stratos.Fabric.Devices.Console;

/// <summary>How far device and driver have agreed on a port.</summary>
[Flags]
internal enum PortFlags : ushort
{
    /// <summary>The driver knows nothing of it.</summary>
    None = 0,
    /// <summary>The driver was told that the port exists.</summary>
    Added = 1,
    /// <summary>The driver has set it up.</summary>
    Ready = 2,
    /// <summary>The guest has opened it.</summary>
    GuestOpen = 4,
    /// <summary>The driver was told that it is a console.</summary>
    ConsoleTold = 8,
    /// <summary>The driver was told its name.</summary>
    NameTold = 16,
    /// <summary>The driver was told that the host has opened it.</summary>
    HostOpenTold = 32,
    /// <summary>The driver was told its size.</summary>
    SizeTold = 64,
}
