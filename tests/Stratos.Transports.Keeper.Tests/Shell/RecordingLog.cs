using Stratos.Fabric.Linux;
using Stratos.Testing;
using Stratos.Transports.Keeper.Session;
using Stratos.Transports.Keeper.Shell;

namespace Stratos.Transports.Keeper.Tests.Shell;

/// <summary>What a keeper said, with the time.</summary>
public sealed class RecordingLog : IKeeperLog
{
    private readonly List<(long Time, KeeperNote Note, int ProcessId)> _notes = [];
    private readonly List<string> _lines = [];
    private readonly Lock _lock = new();

    public string Lines
    {
        get { lock (_lock) return string.Join(Environment.NewLine, _lines); }
    }

    public void Write(string device, in KeeperNote note, int processId)
    {
        var text = NoteText.Of(note, processId);
        lock (_lock)
        {
            _notes.Add((MonotonicClock.Nanoseconds, note, processId));
            _lines.Add($"{device}: {text}");
        }
    }

    public void Write(string subject, string text)
    {
        lock (_lock) _lines.Add($"{subject}: {text}");
    }

    public int Count(KeeperEvent what)
    {
        lock (_lock) return _notes.Count(note => note.Note.What == what);
    }

    /// <summary>When something happened for the last time; 0 if never.</summary>
    public long LastTime(KeeperEvent what)
    {
        lock (_lock) return _notes.LastOrDefault(note => note.Note.What == what).Time;
    }

    /// <summary>The process of the worker to which something happened last.</summary>
    public int LastProcess(KeeperEvent what)
    {
        lock (_lock) return _notes.LastOrDefault(note => note.Note.What == what).ProcessId;
    }

    public void Await(KeeperEvent what, int count = 1) => Await(() => Count(what) >= count, $"{what} ({count} times)");

    public void AwaitLine(string part) => Await(() => Lines.Contains(part, StringComparison.Ordinal), $"'{part}'");

    public void Await(Func<bool> condition, string what)
    {
        try
        {
            WaitFor.Condition(condition, what, TimeSpan.FromSeconds(60));
        }
        catch (Exception failure)
        {
            throw new TimeoutException($"{failure.Message}{Environment.NewLine}{Lines}", failure);
        }
    }
}
