namespace Stratos.Transports.Keeper.Session;

/// <summary>What a session asks of its shell.</summary>
public enum KeeperActionKind
{
    /// <summary>Nothing.</summary>
    None = 0,
    /// <summary>Send bytes and descriptors to the frontend. <see cref="KeeperAction.Value"/> is the length of <see cref="KeptDescriptor.NewMemory"/>.</summary>
    SendFrontend,
    /// <summary>Send bytes over the frontend's own channel, the descriptor in <see cref="KeeperAction.Target"/>; may be lost if that is full.</summary>
    SendFrontendChannel,
    /// <summary>Close the connection to the frontend.</summary>
    CloseFrontend,
    /// <summary>Send bytes and descriptors to the worker in <see cref="KeeperAction.Target"/>.</summary>
    SendWorker,
    /// <summary>Answer the worker in <see cref="KeeperAction.Target"/> on its own channel.</summary>
    SendWorkerChannel,
    /// <summary>Close all connections to the worker, but go on watching its process.</summary>
    CloseWorker,
    /// <summary>Kill the worker's process.</summary>
    KillWorker,
    /// <summary>Close what is left of the worker and forget it.</summary>
    DropWorker,
    /// <summary>Publish <see cref="KeeperAction.Value"/> in the epoch page, with release semantics.</summary>
    RaiseEpoch,
    /// <summary>Make the memory of the device's state, zeroed, <see cref="KeeperAction.Value"/> bytes.</summary>
    MakeDeviceState,
    /// <summary>Make the keeper's own journal, zeroed, <see cref="KeeperAction.Value"/> bytes, in place of the one before.</summary>
    MakeJournal,
    /// <summary>Close the keeper's own journal.</summary>
    DropJournal,
    /// <summary>Put two bytes of zero at offset <see cref="KeeperAction.Value"/> of the journal in <see cref="KeeperAction.Target"/>, so that a queue's part of it is not in use any more.</summary>
    ClearJournal,
    /// <summary>Close the descriptor in <see cref="KeeperAction.Target"/>.</summary>
    Close,
}
