using System.Diagnostics;
using Stratos.Cli.Processes;

namespace Stratos.Cli.Demo;

/// <summary>What happened around one kill, by the time since it.</summary>
public sealed class Timeline
{
    private readonly Lock _gate = new();
    private readonly List<(TimeSpan At, string What)> _events = [];
    private long _zero;
    private bool _open;

    /// <summary>A kill happens now: what was recorded before is dropped.</summary>
    public void Begin(string what)
    {
        lock (_gate)
        {
            _events.Clear();
            _zero = Stopwatch.GetTimestamp();
            _open = true;
            _events.Add((TimeSpan.Zero, what));
        }
    }

    /// <summary>Something happened now.</summary>
    public void Add(string what)
    {
        lock (_gate)
        {
            if (_open) { _events.Add((Stopwatch.GetElapsedTime(_zero), what)); }
        }
    }

    /// <summary>The keeper said something now.</summary>
    public void Add(KeeperNews news)
    {
        ArgumentNullException.ThrowIfNull(news);
        Add($"{news.Device}: {Words(news)}");
    }

    /// <summary>Nothing more belongs to this kill.</summary>
    public void End()
    {
        lock (_gate)
        {
            _open = false;
            Last = [.. _events.OrderBy(static happened => happened.At)];
        }
    }

    /// <summary>The last kill that ended, in order of time.</summary>
    public IReadOnlyList<(TimeSpan At, string What)> Last { get; private set; } = [];

    private static string Words(KeeperNews news) => news.What switch
    {
        "WorkerLost" => $"the keeper sees that process {news.ProcessId} is lost",
        "Fenced" => $"process {news.ProcessId} is proven gone",
        "Granted" => $"a new epoch begins, granted to process {news.ProcessId}",
        "Serving" => $"process {news.ProcessId} serves",
        "WorkerReady" => $"process {news.ProcessId} is ready to take over",
        string other => $"{other} (process {news.ProcessId})",
    };
}
