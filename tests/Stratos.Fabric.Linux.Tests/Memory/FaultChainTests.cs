namespace Stratos.Fabric.Linux.Tests.Memory;

/// <summary>What the guard does not know goes to the handler that was there before; seen from outside, as it ends the process.</summary>
public sealed class FaultChainTests
{
    [Fact]
    public void A_guarded_fault_lets_a_process_live_and_an_unguarded_one_goes_to_the_runtime()
    {
        using ChildProcess guarded = ChildScenario.Start(ChildScenario.GuardedFault);
        Assert.Equal(new ChildExit(ChildScenario.Survived, null), guarded.Reap());

        string errors = Path.GetTempFileName();
        using ChildProcess unguarded = ChildScenario.Start(ChildScenario.UnguardedFault, errors);
        ChildExit exit = unguarded.Reap();
        string text = File.ReadAllText(errors);
        File.Delete(errors);
        Assert.NotNull(exit.Signal);
        Assert.Contains(nameof(ChildScenario), text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_signal_sent_by_a_process_does_what_it_does_without_the_guard()
    {
        using ChildProcess plain = ChildScenario.Start(ChildScenario.SentSignal);
        using ChildProcess guarded = ChildScenario.Start(ChildScenario.SentSignalWithGuard);
        Assert.Equal(plain.Reap(), guarded.Reap());
    }
}
