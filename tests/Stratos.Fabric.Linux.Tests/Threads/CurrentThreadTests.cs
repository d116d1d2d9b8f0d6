namespace Stratos.Fabric.Linux.Tests.Threads;

public sealed class CurrentThreadTests
{
    [Theory]
    [InlineData("pump-0", "pump-0")]
    [InlineData("a-name-that-is-longer", "a-name-that-is-")]
    [InlineData("fourteen-byte-ü", "fourteen-byte-")]
    [InlineData("", "")]
    public void The_name_is_what_tools_show(string name, string shown) => OnThread(() =>
    {
        Assert.Equal(Errno.None, CurrentThread.SetName(name));
        Assert.Equal(shown + "\n", File.ReadAllText($"/proc/self/task/{CurrentThread.Id}/comm"));
    });

    [Fact]
    public void Affinity_is_set_and_errors_are_values() => OnThread(() =>
    {
        IReadOnlyList<int> all = CurrentThread.GetAffinity();
        Assert.NotEmpty(all);
        Assert.Equal(Errno.None, CurrentThread.SetAffinity(all[^1]));
        Assert.Equal([all[^1]], CurrentThread.GetAffinity());
        Assert.Equal(Errno.EINVAL, CurrentThread.SetAffinity());
        Assert.Equal(Errno.EINVAL, CurrentThread.SetAffinity(-1));
        Assert.Equal(Errno.EINVAL, CurrentThread.SetAffinity(CurrentThread.MaxProcessor + 1));
        Assert.Equal(Errno.EINVAL, CurrentThread.SetAffinity(CurrentThread.MaxProcessor));
    });

    [Fact]
    public void Scheduling_is_set_where_it_may_be_and_errors_are_values() => OnThread(() =>
    {
        Assert.Equal(Errno.None, CurrentThread.SetScheduling(SchedulingClass.Batch));
        Assert.Equal(Errno.None, CurrentThread.GetScheduling(out SchedulingClass schedulingClass, out int priority));
        Assert.Equal((SchedulingClass.Batch, 0), (schedulingClass, priority));
        Assert.Equal(Errno.EINVAL, CurrentThread.SetScheduling(SchedulingClass.Fifo, 0));
        Assert.Equal(Errno.EINVAL, CurrentThread.SetScheduling(SchedulingClass.RoundRobin, 100));
        Assert.Equal(Errno.EINVAL, CurrentThread.SetScheduling(SchedulingClass.Normal, 1));
        Errno realTime = CurrentThread.SetScheduling(SchedulingClass.Fifo, 5);
        Assert.True(realTime is Errno.None or Errno.EPERM, realTime.ToString());
        if (realTime is Errno.None)
        {
            CurrentThread.GetScheduling(out schedulingClass, out priority);
            Assert.Equal((SchedulingClass.Fifo, 5), (schedulingClass, priority));
            Assert.Equal(Errno.None, CurrentThread.SetScheduling(SchedulingClass.Normal));
        }
        Assert.Equal(Errno.None, CurrentThread.SetNice(5));
    });

    [Fact]
    public void Each_thread_has_its_own_number()
    {
        int other = 0;
        Thread thread = new(() => other = CurrentThread.Id);
        thread.Start();
        thread.Join();
        Assert.NotEqual(other, CurrentThread.Id);
    }

    [Fact]
    public void The_clock_goes_on_and_counts_nanoseconds()
    {
        long first = MonotonicClock.Nanoseconds;
        long stopwatch = System.Diagnostics.Stopwatch.GetTimestamp();
        long second = MonotonicClock.Nanoseconds;
        Assert.True(second >= first);
        Assert.InRange(stopwatch, first, second);
    }

    private static void OnThread(Action test)
    {
        Exception? failure = null;
        Thread thread = new(() => failure = Record.Exception(test));
        thread.Start();
        thread.Join();
        Assert.Null(failure);
    }
}
