namespace Stratos.Transports.Keeper.Shell;

/// <summary>One device that a keeper keeps.</summary>
/// <param name="Name">The device's name within the fabric, as workers give it; at most 64 bytes of UTF-8.</param>
/// <param name="SocketPath">The vhost-user socket.</param>
/// <param name="Connect">Whether the frontend listens there and the keeper connects; else the keeper listens.</param>
public sealed record KeeperDevice(string Name, string SocketPath, bool Connect = false);
