namespace Stratos.Transports.Keeper.Session;

/// <summary>What can happen in a session that a reader of the log wants to know.</summary>
public enum KeeperEvent
{
    /// <summary>A frontend came.</summary>
    FrontendConnected,
    /// <summary>The frontend has gone.</summary>
    FrontendLeft,
    /// <summary>The frontend broke a rule; the detail says which. Its connection is closed.</summary>
    FrontendRefused,
    /// <summary>A frontend's request is held until a worker is there; the number is the request.</summary>
    RequestHeld,
    /// <summary>A frontend's request was not served in time; the detail says what became of it.</summary>
    RequestExpired,
    /// <summary>What the frontend set was refused; the number is the request.</summary>
    SettingRefused,
    /// <summary>A worker came; the detail is its role.</summary>
    WorkerJoined,
    /// <summary>A worker that does not serve knows the whole session and waits for the grant only.</summary>
    WorkerReady,
    /// <summary>A worker was turned away; the detail says why.</summary>
    WorkerRefused,
    /// <summary>A worker was lost; the detail says how.</summary>
    WorkerLost,
    /// <summary>A worker did not answer in time; the number is the request.</summary>
    WorkerHung,
    /// <summary>A worker asked to be relieved.</summary>
    WorkerLeaves,
    /// <summary>A worker was relieved, in order.</summary>
    WorkerLeft,
    /// <summary>The old owner is being killed.</summary>
    Fencing,
    /// <summary>The old owner's process cannot be killed. Nobody is granted the session until it has ended.</summary>
    Unfenced,
    /// <summary>The old owner's process has ended.</summary>
    Fenced,
    /// <summary>The session was granted to a worker; the number is the epoch.</summary>
    Granted,
    /// <summary>A worker is to reset the device, as the session before ended with nobody to do that; the number is the epoch.</summary>
    Resetting,
    /// <summary>The granted worker serves; the number is the epoch.</summary>
    Serving,
    /// <summary>The worker gave its grant back in order.</summary>
    Ended,
    /// <summary>The configuration space has changed.</summary>
    ConfigChanged,
}
