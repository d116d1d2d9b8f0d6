namespace Stratos.Transports.VhostUser.Protocol.Keeper;

/// <summary>What a worker wants to be.</summary>
public enum KeeperRole : uint
{
    /// <summary>The device's first choice of owner.</summary>
    Owner = 0,
    /// <summary>Maps and prepares everything, and waits for the grant.</summary>
    Standby = 1,
}
