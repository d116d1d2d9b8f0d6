using Stratos.Transports.Keeper.Session;

namespace Stratos.Transports.Keeper.Shell;

/// <summary>Where a keeper says what happens. Called on the keeper's thread; must not block.</summary>
public interface IKeeperLog
{
    /// <summary>Something happened in a session.</summary>
    /// <param name="device">The device's name.</param>
    /// <param name="note">What.</param>
    /// <param name="processId">The process of the worker that it is about; 0 if it is about none.</param>
    void Write(string device, in KeeperNote note, int processId);

    /// <summary>Something happened outside of sessions, or to a device's sockets.</summary>
    /// <param name="subject">The device's name, or <c>keeper</c>.</param>
    /// <param name="text">What, in words.</param>
    void Write(string subject, string text);
}
