namespace Stratos.Fabric.Linux.Tests.Processes;

public sealed class ProcessHandleTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    [Fact]
    public void A_killed_process_is_seen_to_exit()
    {
        using ChildProcess child = ChildProcess.Spawn(new ChildOptions { Program = "/bin/sleep", Arguments = ["1000"] });
        using ProcessHandle handle = ProcessHandle.Open(child.ProcessId);
        Assert.False(handle.HasExited);
        Assert.False(handle.Wait(TimeSpan.FromMilliseconds(1)));
        Assert.True(handle.Kill());
        Assert.True(handle.Wait(s_patience));
        Assert.True(handle.HasExited);
        Assert.True(handle.Kill()); // a zombie takes signals
        Assert.Equal(new ChildExit(null, 9), child.Reap());
        Assert.False(handle.Kill());
        Assert.False(child.Kill());
        Assert.True(handle.HasExited);
    }

    [Fact]
    public void A_handle_can_be_passed_and_nothing_else_is_one()
    {
        using ProcessHandle self = ProcessHandle.Open(Environment.ProcessId);
        using ProcessHandle passed = ProcessHandle.FromDescriptor(self.Descriptor.Duplicate());
        Assert.False(passed.HasExited);
        using EventFd line = EventFd.Create();
        FileDescriptor hostile = line.Descriptor.Duplicate();
        Assert.Equal(Errno.EBADF, Assert.Throws<LinuxException>(() => ProcessHandle.FromDescriptor(hostile)).Error);
        Assert.True(hostile.IsClosed);
    }

    [Fact]
    public void A_handle_of_an_exited_process_can_still_be_taken()
    {
        using ChildProcess child = ChildProcess.Spawn(new ChildOptions { Program = "/bin/true" });
        FileDescriptor passed = child.Handle.Descriptor.Duplicate();
        Assert.True(child.Reap().IsSuccess);
        using ProcessHandle handle = ProcessHandle.FromDescriptor(passed);
        Assert.True(handle.HasExited);
    }

    [Fact]
    public void A_process_that_is_not_there_is_refused()
    {
        LinuxException refusal = Assert.Throws<LinuxException>(() => ProcessHandle.Open(int.MaxValue));
        Assert.Equal(Errno.ESRCH, refusal.Error);
        Assert.Contains("2147483647", refusal.Message, StringComparison.Ordinal);
        Assert.Throws<LinuxException>(() => ProcessHandle.Open(0));
    }

    [Fact]
    public void A_bad_signal_is_refused()
    {
        using ProcessHandle self = ProcessHandle.Open(Environment.ProcessId);
        Assert.Equal(Errno.EINVAL, Assert.Throws<LinuxException>(() => self.Signal(999)).Error);
    }
}
