using System.Globalization;
using Spectre.Console;
using Stratos.Workload;

namespace Stratos.Cli.Demo;

/// <summary>Prints what a demonstration came to.</summary>
internal static class DemoPrinter
{
    public static void Print(KillReport report, IReadOnlyList<(TimeSpan At, string What)> timeline, string? consoleProblem)
    {
        AnsiConsole.Write(Account(report));
        if (consoleProblem is not null) { AnsiConsole.MarkupLineInterpolated($"[red]The console's file is wrong: {consoleProblem}.[/]"); }
        foreach (string problem in report.Loads.Values.SelectMany(static load => load.Problems)) { AnsiConsole.MarkupLineInterpolated($"[red]{problem}[/]"); }
        PrintEvents(timeline);
        AnsiConsole.MarkupLine(report.IsClean && consoleProblem is null
            ? $"[green]{report.Kills} kills: nothing lost, nothing repeated, nothing corrupted.[/]"
            : $"[red]{report.Kills} kills, and not every request was done once and rightly; see above.[/]");
    }

    /// <summary>Prints what happened around the last kill.</summary>
    public static void PrintEvents(IReadOnlyList<(TimeSpan At, string What)> timeline)
    {
        if (timeline.Count > 0) { AnsiConsole.Write(Events(timeline)); }
    }

    private static Table Account(KillReport report)
    {
        var table = new Table().Title("Requests, and blackouts in ms").Border(TableBorder.Rounded);
        foreach (string column in new[] { "device", "done", "failed", "lost", "repeated", "corrupted", "median", "worst" })
        {
            table.AddColumn(column == "device" ? new TableColumn(column) : new TableColumn(column).RightAligned());
        }
        foreach ((string device, BlackoutSummary blackout) in report.Blackouts)
        {
            LoadReport load = report.Loads[device];
            table.AddRow(
                device, Number(load.Done), Number(load.Failed), Number(load.Lost), Number(load.Repeated), Number(load.Corrupted),
                Milliseconds(blackout.Median), Milliseconds(blackout.Worst));
        }
        return table;
    }

    private static Table Events(IReadOnlyList<(TimeSpan At, string What)> timeline)
    {
        var table = new Table().Title("The last kill").Border(TableBorder.Rounded).AddColumn(new TableColumn("ms").RightAligned()).AddColumn("what happened");
        foreach ((TimeSpan at, string what) in timeline)
        {
            table.AddRow(at.TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture), Markup.Escape(what));
        }
        return table;
    }

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Milliseconds(TimeSpan time) => time.TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture);
}
