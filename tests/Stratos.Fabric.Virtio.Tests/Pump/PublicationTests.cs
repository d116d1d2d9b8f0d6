using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Pump;
using Stratos.Fabric.Virtio.Rings;
using Stratos.Fabric.Virtio.Tests.Bench;
using Stratos.Testing;

namespace Stratos.Fabric.Virtio.Tests.Pump;

/// <summary>A handler that follows what its driver has heard of.</summary>
public sealed class PublicationTests
{
    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    public void Every_completion_is_announced_and_then_said_to_be_visible(string kind)
    {
        const int Count = 20;
        using GuestBench bench = new(RingKinds.Features(kind));
        Requests requests = new(bench, new Random(1), slots: 4);
        Follower? follower = null;
        QueuePump pump = bench.Pump(new TestDevice(_ => follower = new Follower()));
        pump.Start();
        WaitFor.Condition(() => follower!.Publications > 0, "the end of the recovery, which is said without an announcement");
        Assert.Equal(0, follower!.Visible);
        for (int done = 0; done < Count;)
        {
            requests.Add(1);
            bench.Publish();
            WaitFor.Condition(() => requests.Take() > 0, "the request");
            done++;
            int expected = done;
            WaitFor.Condition(() => follower.Visible == expected, "what was announced to be said to be visible");
        }
        pump.Stop(TimeSpan.FromSeconds(10));
        Assert.Equal(Enumerable.Range(0, Count).Select(static i => (ulong)i), follower.Announced.Select(sequence => sequence - follower.Announced[0]));
    }

    private sealed class Follower : QueueHandler
    {
        private int _visible;
        private int _publications;

        public List<ulong> Announced { get; } = [];

        public int Visible => Volatile.Read(ref _visible);

        public int Publications => Volatile.Read(ref _publications);

        public override bool FollowsPublication => true;

        public override void Handle(DescriptorChain chain) => chain.Complete(Requests.Reply(chain, 1));

        public override void Publishing(DescriptorChain chain) => Announced.Add(chain.Sequence);

        public override void Published()
        {
            Volatile.Write(ref _visible, Announced.Count);
            Interlocked.Increment(ref _publications);
        }
    }
}
