using Stratos.Cli.Processes;
using Stratos.Workload;

namespace Stratos.Cli.Demo;

/// <summary>Loads on the devices of a fabric, and the death of whoever serves them, again and again.</summary>
/// <param name="fabric">The fabric.</param>
/// <param name="loads">The loads by the device that they use; each runs on a thread of its own.</param>
/// <param name="random">Chooses the moments of the kills.</param>
/// <param name="timeline">Takes what happens around each kill.</param>
public sealed class KillCampaign(LocalFabric fabric, IReadOnlyDictionary<string, Load> loads, Random random, Timeline timeline)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(60);
    private static readonly TimeSpan BlackoutLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan WholeLimit = TimeSpan.FromSeconds(60);

    /// <summary>Runs the loads, kills the server of <paramref name="victim"/> time and again, and gives the account.</summary>
    /// <param name="kills">How often to kill.</param>
    /// <param name="victim">The device whose server is killed; the process takes its other devices along.</param>
    /// <param name="limit">When to stop killing even if there were fewer.</param>
    /// <param name="killed">Told the number of kills after each.</param>
    /// <exception cref="TimeoutException">A device was not served again in time; the message says which.</exception>
    public async Task<KillReport> RunAsync(int kills, string victim, TimeSpan limit, Action<int> killed)
    {
        ArgumentNullException.ThrowIfNull(killed);
        using var stop = new CancellationTokenSource();
        Dictionary<string, Task<LoadReport>> running = loads.ToDictionary(static pair => pair.Key, pair => Start(pair.Value, stop.Token));
        var blackouts = loads.Keys.ToDictionary(static name => name, static _ => new List<TimeSpan>());
        int done = 0;
        var watch = System.Diagnostics.Stopwatch.StartNew();
        try
        {
            while (done < kills && watch.Elapsed < limit && !running.Values.Any(static run => run.IsCompleted))
            {
                await fabric.Standing.WaitAsync(WholeLimit).ConfigureAwait(false);
                await Task.Delay(random.NextDouble() * LongestPause).ConfigureAwait(false);
                KillOnce(victim, blackouts);
                killed(++done);
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
        }
        await Task.WhenAll(running.Values).ConfigureAwait(false);
        return new(done, running.ToDictionary(static pair => pair.Key, static pair => pair.Value.Result), blackouts.ToDictionary(static pair => pair.Key, static pair => BlackoutSummary.Of(pair.Value)));
    }

    private void KillOnce(string victim, Dictionary<string, List<TimeSpan>> blackouts)
    {
        foreach (Load load in loads.Values) { load.Meter.Begin(); }
        timeline.Begin($"SIGKILL to process {fabric.Standing.Serving(victim)}");
        fabric.KillServing(victim);
        foreach (Load load in loads.Values) { load.Meter.Died(load.Depth); }
        foreach ((string name, Load load) in loads)
        {
            if (load.Meter.End(BlackoutLimit) is { } blackout)
            {
                blackouts[name].Add(blackout);
                timeline.Add($"{name}: requests are completed again; it was silent for {blackout.TotalMilliseconds:0.0} ms");
            }
            else
            {
                throw new TimeoutException($"{BlackoutLimit.TotalSeconds:0} s after its server was killed, '{name}' does not answer: {load.Account.Done} requests were done.");
            }
        }
        timeline.End();
    }

    private static Task<LoadReport> Start(Load load, CancellationToken stop)
    {
        var done = new TaskCompletionSource<LoadReport>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                done.SetResult(load.Run(stop));
            }
            catch (Exception failure)
            {
                done.SetException(failure);
            }
        })
        { IsBackground = true, Name = $"load {load.Name}" };
        thread.Start();
        return done.Task;
    }
}
