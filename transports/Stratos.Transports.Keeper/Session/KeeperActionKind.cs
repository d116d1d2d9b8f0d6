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
    /// <summary>
    /// Listen no more to the worker, but keep its connections open and go on watching its process: a worker that saw its
    /// connection end would tidy up what is not its own any more.
    /// </summary>
    MuteWorker,
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
    /// <summary>
    /// See to it that the journal in <see cref="KeeperAction.Target"/> says nothing of a queue any more; the message is a
    /// <see cref="JournalClearing"/>.
    /// </summary>
    ClearJournal,
    /// <summary>Close the descriptor in <see cref="KeeperAction.Target"/>.</summary>
    Close,
}
