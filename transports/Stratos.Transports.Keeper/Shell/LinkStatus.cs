namespace Stratos.Transports.Keeper.Shell;

/// <summary>What a look at a connection found.</summary>
internal enum LinkStatus
{
    Nothing,
    Message,
    Closed,
    Faulted,
}
