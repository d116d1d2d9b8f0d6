using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Pump;
using Stratos.Fabric.Virtio.Rings;
using Stratos.Fabric.Virtio.Tests.Bench;

namespace Stratos.Fabric.Virtio.Tests.Hostile;

/// <summary>A rule of the specification that a driver breaks, and what the device makes of it.</summary>
/// <param name="Rule">The section and the rule.</param>
/// <param name="Features">The negotiated features.</param>
/// <param name="Break">Writes the malformed ring.</param>
/// <param name="Reason">A part of the reason that is reported; null if the rule's breach does no harm and the device goes on.</param>
/// <param name="Served">How many chains are served all the same.</param>
internal sealed record HostileCase(string Rule, ulong Features, Action<RawRing> Break, string? Reason, int Served = 0)
{
    /// <summary>Lets a device serve the ring.</summary>
    public void Check(Func<QueueSetup, QueueSetup>? change = null)
    {
        using GuestBench bench = new(Features);
        RawRing ring = new(bench);
        Break(ring);
        if (change is not null) { bench.Setup = change(bench.Setup); }
        using Doorbell doorbell = new();
        Keeper handler = new();
        PumpLoop loop = new(bench.Setup, handler, new PumpOptions(), doorbell);
        loop.Open();
        for (int i = 0; i < 4; i++) { loop.Pass(); }
        Assert.Equal(Served, handler.Chains.Count);
        if (Reason is null)
        {
            Assert.Null(loop.End);
            return;
        }
        string reason = Assert.IsType<PumpEnd.RingFailed>(loop.End).Reason;
        Assert.Contains(Reason, reason, StringComparison.Ordinal);
    }

    /// <summary>Keeps all chains, so that they are in flight.</summary>
    private sealed class Keeper : QueueHandler
    {
        public List<DescriptorChain> Chains { get; } = [];
        public override void Handle(DescriptorChain chain) => Chains.Add(chain);
    }
}
