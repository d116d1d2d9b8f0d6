using Stratos.Cli.Processes;

namespace Stratos.Cli.Demo;

/// <summary>What keeper and partitions say during a demonstration: into the timeline, and kept for the case of a failure.</summary>
/// <param name="timeline">Where the keeper's events go.</param>
/// <param name="verbose">Whether to show every line at once.</param>
public sealed class DemoLog(Timeline timeline, bool verbose)
{
    private const int Kept = 60;
    private readonly Lock _gate = new();
    private readonly Queue<string> _last = new();

    /// <summary>Takes a line; from any thread.</summary>
    public void Take(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        const string keeper = "keeper: ";
        if (line.StartsWith(keeper, StringComparison.Ordinal) && KeeperNews.Parse(line[keeper.Length..]) is { ProcessId: > 0 } news)
        {
            timeline.Add(news);
        }
        lock (_gate)
        {
            _last.Enqueue(line);
            if (_last.Count > Kept) { _last.Dequeue(); }
        }
        if (verbose) { Console.Error.WriteLine(line); }
    }

    /// <summary>Writes the last lines.</summary>
    public void DumpTo(TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        lock (_gate)
        {
            foreach (string line in _last) { writer.WriteLine(line); }
        }
    }
}
