using Stratos.Fabric.Linux;

namespace Stratos.Transports.VhostUser.Backend;

/// <summary>Where connections come from, one after the other.</summary>
internal interface IConnectionSource : IDisposable
{
    /// <summary>Waits for the next connection.</summary>
    /// <returns>The connection; null when the wait was cancelled.</returns>
    UnixStream? Next(CancellationToken cancellation);
}
