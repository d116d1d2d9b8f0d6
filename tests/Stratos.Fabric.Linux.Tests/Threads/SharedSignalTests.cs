using System.Runtime.InteropServices;

namespace Stratos.Fabric.Linux.Tests.Threads;

public sealed class SharedSignalTests : IDisposable
{
    private readonly MemoryFile _file = MemoryFile.Create("signal", 4096);
    private readonly Mapping _first;
    private readonly Mapping _second;

    public SharedSignalTests() => (_first, _second) = (_file.Map(MemoryAccess.ReadWrite), _file.Map(MemoryAccess.ReadWrite));

    private ref uint First => ref MemoryMarshal.AsRef<uint>(_first.GetSpan(0, 4));

    private ref uint Second => ref MemoryMarshal.AsRef<uint>(_second.GetSpan(0, 4));

    [Fact]
    public void A_change_before_the_wait_is_not_missed()
    {
        uint seen = First;
        SharedSignal.Raise(ref Second);
        Assert.True(SharedSignal.Wait(ref First, seen, -1));
    }

    [Fact]
    public void A_waiter_on_another_mapping_is_woken()
    {
        uint seen = First;
        using var ready = new ManualResetEventSlim();
        bool woken = false;
        Thread waiter = new(() =>
        {
            ready.Set();
            while (Volatile.Read(ref First) == seen) { woken = SharedSignal.Wait(ref First, seen, 20_000_000_000); }
        });
        waiter.Start();
        ready.Wait(TestContext.Current.CancellationToken);
        SharedSignal.Raise(ref Second);
        Assert.True(waiter.Join(TimeSpan.FromSeconds(20)));
        Assert.True(woken || First != seen);
    }

    [Fact]
    public void The_time_is_up() => Assert.False(SharedSignal.Wait(ref First, First, 1_000_000));

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
        _file.Dispose();
    }
}
