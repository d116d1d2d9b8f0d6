using System.Globalization;
using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Pump;

namespace Stratos.Testing.Worker;

/// <summary>The death of this process by SIGKILL at a chosen step of a pump: <c>STRATOS_TEST_DIE_AT=Finished:120</c> is the 120th such step.</summary>
internal sealed class StepDeath(PumpStep step, int count)
{
    private readonly ProcessHandle _self = ProcessHandle.Open(Environment.ProcessId);
    private int _left = count;

    /// <summary>What the environment asks for, as a pump's probe; null for nothing.</summary>
    public static Action<PumpStep>? FromEnvironment()
    {
        if (Environment.GetEnvironmentVariable("STRATOS_TEST_DIE_AT") is not { Length: > 0 } text) { return null; }
        string[] parts = text.Split(':');
        return new StepDeath(Enum.Parse<PumpStep>(parts[0]), int.Parse(parts[1], CultureInfo.InvariantCulture)).Take;
    }

    private void Take(PumpStep taken)
    {
        // The signal is delivered to this very thread as the call returns: nothing of it runs beyond the step.
        if (taken == step && Interlocked.Decrement(ref _left) == 0) { _self.Kill(); }
    }
}
