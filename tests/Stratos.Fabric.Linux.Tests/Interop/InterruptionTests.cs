using System.Runtime.InteropServices;

namespace Stratos.Fabric.Linux.Tests.Interop;

/// <summary>Signals that arrive during a call neither end it nor prolong it.</summary>
public sealed class InterruptionTests
{
    private const int WindowChange = 28; // SIGWINCH
    private static readonly int s_sendCall = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 131 : 234; // tgkill
    private static readonly TimeSpan s_wait = TimeSpan.FromMilliseconds(200);

    [Fact]
    public void Poll_keeps_its_deadline() => UnderSignals(() =>
    {
        using EventFd silent = EventFd.Create();
        Assert.Equal(PollEvents.None, Poll.Wait(silent.Descriptor, PollEvents.Readable, s_wait));
    });

    [Fact]
    public void A_poller_keeps_its_deadline() => UnderSignals(() =>
    {
        using Poller poller = new();
        Assert.Equal(0, poller.Wait(new PollResult[1], s_wait));
    });

    private static void UnderSignals(Action wait)
    {
        int handled = 0;
        using PosixSignalRegistration registration = PosixSignalRegistration.Create((PosixSignal)WindowChange, _ => Interlocked.Increment(ref handled));
        using ManualResetEventSlim started = new();
        int thread = 0;
        long elapsed = 0;
        Exception? failure = null;
        Thread waiter = new(() =>
        {
            thread = CurrentThread.Id;
            started.Set();
            long start = MonotonicClock.Nanoseconds;
            failure = Record.Exception(wait);
            elapsed = MonotonicClock.Nanoseconds - start;
        });
        waiter.Start();
        started.Wait(TestContext.Current.CancellationToken);
        while (!waiter.Join(TimeSpan.FromMilliseconds(5)))
        {
            _ = Libc.SystemCall(s_sendCall, Environment.ProcessId, thread, WindowChange, 0);
        }
        Assert.Null(failure);
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref handled) > 0, TimeSpan.FromSeconds(10)));
        Assert.True(elapsed >= s_wait.TotalNanoseconds);
    }
}
