using Stratos.Fabric.Virtio.Spec;
using Stratos.Testing;
using Stratos.Transports.VhostUser.Frontend;
using Stratos.Transports.VhostUser.Frontend.Drivers;
using Stratos.Workload;

namespace Stratos.Transports.Keeper.Tests.Shell;

/// <summary>A load on a block device through a keeper, on a thread of its own.</summary>
public sealed class RunningLoad : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly BlockDriver _driver;
    private readonly BlockLoad _load;
    private readonly Thread _thread;
    private LoadReport? _report;

    public RunningLoad(RunningKeeper keeper, string rings, bool frontendKeepsJournal)
    {
        var kind = rings switch
        {
            "packed" => VirtioFeatures.RingPacked,
            "in-order" => VirtioFeatures.InOrder,
            _ => 0UL,
        };
        var common = VirtioFeatures.Rings & ~(VirtioFeatures.RingPacked | VirtioFeatures.InOrder);
        var options = BlockDriver.DefaultOptions with
        {
            Features = (BlockDriver.DefaultOptions.Features & ~VirtioFeatures.Rings) | common | kind,
            KeepInflight = frontendKeepsJournal,
            Timeout = TimeSpan.FromSeconds(30),
        };
        _driver = BlockDriver.Start(VhostUserFrontend.Connect(keeper.Socket, options), depth: 32);
        _load = new(_driver, 0, new() { Blocks = 1024 });
        _thread = new Thread(() => _report = _load.Run(_stop.Token)) { IsBackground = true, Name = "load" };
        _thread.Start();
    }

    public VhostUserFrontend Frontend => _driver.Frontend;

    public void AwaitProgress(long requests)
    {
        var goal = _load.Account.Done + requests;
        WaitFor.Condition(() => _load.Account.Done >= goal, $"{requests} more requests", TimeSpan.FromSeconds(60));
    }

    /// <summary>Lets everything in flight complete, and accounts for every request.</summary>
    public LoadReport Finish()
    {
        _stop.Cancel();
        Assert.True(_thread.Join(TimeSpan.FromSeconds(60)), "the load does not end");
        return _report!;
    }

    public void Dispose()
    {
        _stop.Cancel();
        _thread.Join(TimeSpan.FromSeconds(60));
        _driver.Dispose();
        _stop.Dispose();
    }
}
