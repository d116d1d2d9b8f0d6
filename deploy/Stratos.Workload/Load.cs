using System.Diagnostics;
using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Driver;
using Stratos.Transports.VhostUser.Frontend;

namespace Stratos.Workload;

/// <summary>Requests to one device, each with a number of its own, and an account of what became of every one.</summary>
public abstract class Load
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_retry = TimeSpan.FromMilliseconds(2);
    private readonly LoadOptions _options;
    private long _lastProgress;
    private double _tokens;
    private long _lastTokens;

    private protected Load(string name, VhostUserFrontend frontend, LoadOptions options) => (Name, Frontend, _options) = (name, frontend, options);

    /// <summary>The load's name, for reports.</summary>
    public string Name { get; }

    /// <summary>The account until now.</summary>
    public LoadAccount Account { get; } = new();

    /// <summary>Measures blackouts while the load runs.</summary>
    public BlackoutMeter Meter { get; } = new();

    /// <summary>Requests in flight, at most.</summary>
    public abstract int Depth { get; }

    private protected VhostUserFrontend Frontend { get; }

    private protected abstract int InFlight { get; }

    /// <summary>Runs on the caller's thread until <paramref name="stop"/>, then lets everything in flight complete, checks, and reports.</summary>
    public LoadReport Run(CancellationToken stop)
    {
        var watch = Stopwatch.StartNew();
        _lastTokens = MonotonicClock.Nanoseconds;
        try
        {
            Exchange(() => stop.IsCancellationRequested);
            Finish();
        }
        catch (DeviceMisbehavedException wrong)
        {
            if (wrong.IsUnexpectedCompletion)
                Account.AddRepeated(wrong.Message);
            else
                Account.AddCorrupted(wrong.Message);
        }
        catch (Exception failure) when (failure is BackendLostException or BackendRefusedException or TimeoutException or LinuxException)
        {
            Account.AddLost(InFlight, $"{Name} ended with {InFlight} requests in flight: {failure.Message}");
        }
        return Account.Close(Name, _options.Seed, watch.Elapsed);
    }

    /// <summary>Submits as many requests as there is room for, at most <paramref name="most"/>, and makes them available.</summary>
    /// <returns>How many.</returns>
    private protected abstract int Submit(int most);

    /// <summary>Takes all completed requests and checks them.</summary>
    /// <returns>How many.</returns>
    private protected abstract int Take();

    /// <summary>Waits for a completed request.</summary>
    private protected abstract bool Wait(TimeSpan timeout);

    /// <summary>The last checks, when nothing is in flight any more.</summary>
    private protected virtual void Finish() { }

    /// <summary>Submits and takes until <paramref name="ended"/> says so and nothing is in flight.</summary>
    private protected void Exchange(Func<bool> ended)
    {
        _lastProgress = MonotonicClock.Nanoseconds;
        while (true)
        {
            var last = ended();
            if (last && InFlight == 0)
                return;
            try
            {
                Step(last);
            }
            catch (BackendLostException lost) when (_options.ReconnectWithin > TimeSpan.Zero)
            {
                Reconnect(lost);
            }
        }
    }

    private void Step(bool last)
    {
        var submitted = last ? 0 : Submit(Allowed());
        var taken = Take();
        if (taken > 0)
        {
            Meter.Completed(taken);
            _lastProgress = MonotonicClock.Nanoseconds;
        }
        else if (InFlight > 0)
        {
            if (!Wait(s_look))
                CheckDeadline();
        }
        else if (submitted == 0)
        {
            _lastProgress = MonotonicClock.Nanoseconds;
            Thread.Sleep(1);
        }
    }

    private void CheckDeadline()
    {
        var silence = TimeSpan.FromTicks((MonotonicClock.Nanoseconds - _lastProgress) / 100);
        if (silence > _options.Deadline)
            throw new TimeoutException($"nothing completed for {silence.TotalSeconds:0.0} s");
    }

    private void Reconnect(BackendLostException lost)
    {
        var deadline = MonotonicClock.Nanoseconds + (long)_options.ReconnectWithin.TotalNanoseconds;
        while (true)
        {
            try
            {
                Frontend.Reconnect();
                Account.Reconnects++;
                return;
            }
            catch (Exception refused) when (refused is LinuxException or BackendLostException)
            {
                if (MonotonicClock.Nanoseconds > deadline)
                    throw new BackendLostException($"{lost.Message} No connection for {_options.ReconnectWithin.TotalSeconds:0.#} s since: {refused.Message}");
                Thread.Sleep(s_retry);
            }
        }
    }

    /// <summary>Requests that the rate allows now.</summary>
    private int Allowed()
    {
        if (_options.Rate == 0)
            return int.MaxValue;
        var now = MonotonicClock.Nanoseconds;
        _tokens = Math.Min(_tokens + ((now - _lastTokens) * 1e-9 * _options.Rate), Math.Max(1, _options.Rate / 100.0));
        _lastTokens = now;
        var whole = (int)_tokens;
        _tokens -= whole;
        return whole;
    }
}
