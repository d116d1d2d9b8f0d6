using Stratos.Transports.Keeper.Session;
using Stratos.Transports.VhostUser.Protocol.Keeper;
using Stratos.Transports.VhostUser.Protocol.Messages;

namespace Stratos.Transports.Keeper.Shell;

/// <summary>The words for what happens in a session.</summary>
public static class NoteText
{
    /// <summary>One line, without the device's name.</summary>
    public static string Of(in KeeperNote note)
    {
        var text = note.What switch
        {
            KeeperEvent.FrontendConnected => "frontend connected",
            KeeperEvent.FrontendLeft => "frontend left",
            KeeperEvent.FrontendRefused => "frontend refused and disconnected",
            KeeperEvent.RequestHeld => $"{Name(note.Number)} of the frontend is held",
            KeeperEvent.RequestExpired => $"{Name(note.Number)} of the frontend was not served in time",
            KeeperEvent.SettingRefused => $"{Name(note.Number)} of the frontend was refused",
            KeeperEvent.WorkerJoined => $"worker {note.Worker} (instance {note.Number:x16}) joined",
            KeeperEvent.WorkerRefused => $"worker {note.Worker} turned away",
            KeeperEvent.WorkerLost => $"worker {note.Worker} lost",
            KeeperEvent.WorkerHung => $"worker {note.Worker} did not answer {Name(note.Number)} in time",
            KeeperEvent.WorkerLeaves => $"worker {note.Worker} asks to be relieved",
            KeeperEvent.Fencing => $"fencing worker {note.Worker}",
            KeeperEvent.Unfenced => $"worker {note.Worker} CANNOT BE FENCED; nobody is granted the session until its process has ended",
            KeeperEvent.Fenced => $"worker {note.Worker} is fenced; epoch {note.Number}",
            KeeperEvent.Granted => $"worker {note.Worker} is granted epoch {note.Number}",
            KeeperEvent.Serving => $"worker {note.Worker} serves in epoch {note.Number}",
            KeeperEvent.Ended => $"worker {note.Worker} gave its grant back; epoch {note.Number}",
            KeeperEvent.ConfigChanged => "the configuration changed",
            _ => $"{note.What}",
        };
        return note.Detail is null ? text : $"{text}: {note.Detail}";
    }

    private static string Name(ulong request) =>
        KeeperRules.Find((uint)request)?.Name ?? FrontendRules.Find((uint)request)?.Name ?? $"request {request}";
}
