namespace Stratos.Transports.VhostUser.Protocol.Keeper;

/// <summary>A keeper's answer to HELLO, a u64.</summary>
public enum KeeperRefusal : ulong
{
    /// <summary>Accepted.</summary>
    None = 0,
    /// <summary>The keeper keeps no device of that name.</summary>
    UnknownDevice = 1,
    /// <summary>The device's description differs from the one under which the session runs.</summary>
    DescriptionDiffers = 2,
    /// <summary>The keeper speaks another version of the link.</summary>
    LinkVersion = 3,
    /// <summary>The role is taken, or no such role exists.</summary>
    Role = 4,
    /// <summary>The keeper has no room: too many workers, or a description beyond its bounds.</summary>
    Limits = 5,
}
