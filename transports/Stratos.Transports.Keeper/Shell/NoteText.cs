using Stratos.Transports.Keeper.Session;
using Stratos.Transports.VhostUser.Protocol.Keeper;
using Stratos.Transports.VhostUser.Protocol.Messages;

namespace Stratos.Transports.Keeper.Shell;

/// <summary>The words for what happens in a session.</summary>
public static class NoteText
{
    /// <summary>One line, without the device's name: the event's name, then what happened in words.</summary>
    /// <param name="note">The event.</param>
    /// <param name="processId">The process of the worker that it is about; 0 if it is about none.</param>
    public static string Of(in KeeperNote note, int processId)
    {
        var worker = $"worker {note.Worker} (pid {processId})";
        var text = note.What switch
        {
            KeeperEvent.FrontendConnected => "a frontend is there",
            KeeperEvent.FrontendLeft => "the frontend has gone",
            KeeperEvent.FrontendRefused => "the frontend is disconnected",
            KeeperEvent.RequestHeld => $"{Name(note.Number)} of the frontend is held",
            KeeperEvent.RequestExpired => $"{Name(note.Number)} of the frontend was not served in time",
            KeeperEvent.SettingRefused => $"{Name(note.Number)} of the frontend",
            KeeperEvent.WorkerJoined => $"{worker}, instance {note.Number:x16}",
            KeeperEvent.WorkerReady => $"{worker} knows the whole session and waits",
            KeeperEvent.WorkerRefused => $"{worker} is turned away",
            KeeperEvent.WorkerLost => $"{worker}",
            KeeperEvent.WorkerHung => $"{worker} did not answer {Name(note.Number)} in time",
            KeeperEvent.WorkerLeaves => $"{worker} asks to be relieved",
            KeeperEvent.WorkerLeft => $"{worker} was relieved",
            KeeperEvent.Fencing => $"{worker} is killed",
            KeeperEvent.Unfenced => $"{worker} CANNOT BE KILLED; nobody is granted the session until it has ended",
            KeeperEvent.Fenced => $"{worker} has ended; epoch {note.Number}",
            KeeperEvent.Granted => $"{worker} in epoch {note.Number}",
            KeeperEvent.Resetting => $"{worker} resets the device for the next frontend, in epoch {note.Number}",
            KeeperEvent.Serving => $"{worker} in epoch {note.Number}",
            KeeperEvent.Ended => $"{worker} gave its grant back; epoch {note.Number}",
            KeeperEvent.ConfigChanged => "the configuration space is another one",
            _ => "",
        };
        return note.Detail is null ? $"{note.What}: {text}" : $"{note.What}: {text}: {note.Detail}";
    }

    private static string Name(ulong request) =>
        KeeperRules.Find((uint)request)?.Name ?? FrontendRules.Find((uint)request)?.Name ?? $"request {request}";
}
