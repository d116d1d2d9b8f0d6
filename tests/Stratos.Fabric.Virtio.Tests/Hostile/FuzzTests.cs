using System.Buffers.Binary;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Driver;
using Stratos.Fabric.Virtio.Pump;
using Stratos.Fabric.Virtio.Rings;
using Stratos.Fabric.Virtio.Spec;
using Stratos.Fabric.Virtio.Tests.Bench;
using Stratos.Testing;

namespace Stratos.Fabric.Virtio.Tests.Hostile;

/// <summary>Rings and journals of mutated memory: whatever is in them, the pump goes on or says why it does not, in a bounded time.</summary>
public sealed class FuzzTests
{
    private static readonly int s_seeds = CampaignSize.Of(2000, 20_000);

    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    public void Mutated_rings_are_served_or_refused(string kind) => Run(kind, MutateGuest);

    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    public void Mutated_journals_are_recovered_or_refused(string kind) => Run(kind, MutateJournal);

    private static void Run(string kind, Action<GuestBench, Random> mutate)
    {
        ulong features = RingKinds.Features(kind) | VirtioFeatures.IndirectDescriptors;
        for (int seed = 0; seed < s_seeds; seed++)
        {
            try
            {
                RunOnce(features, seed, mutate);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"{kind}, seed {seed}: {exception.Message}", exception);
            }
        }
    }

    private static void RunOnce(ulong features, int seed, Action<GuestBench, Random> mutate)
    {
        Random random = new(seed);
        using GuestBench bench = new(features, size: 8, memory: 65536);
        Requests requests = new(bench, random, slots: 8);
        for (int life = 0; life < 2; life++)
        {
            using Doorbell doorbell = new();
            Sloppy handler = new(random);
            PumpLoop loop = new(bench.Setup, handler, new PumpOptions { Batch = 4 }, doorbell);
            loop.Open();
            for (int round = 0; round < 6 && loop.End is null; round++)
            {
                if (life == 0 || round > 2) { AddSome(bench, requests, random); }
                loop.Pass();
                handler.CompleteSome();
                mutate(bench, random);
            }
            loop.Pass();
            if (loop.End is { } end) { Assert.NotEmpty(Assert.IsType<PumpEnd.RingFailed>(end).Reason); }
        }
    }

    private static void AddSome(GuestBench bench, Requests requests, Random random)
    {
        requests.Add(random.Next(1, 4), maxElements: 4);
        try
        {
            bench.Driver.Publish();
        }
        catch (DeviceMisbehavedException)
        {
            // The honest driver found the device's area mutated, after it had published.
        }
    }

    private static void MutateGuest(GuestBench bench, Random random)
    {
        (ulong Address, int Length) area = random.Next(3) switch
        {
            0 => (bench.Setup.Addresses.Descriptors, 16 * bench.Setup.Size),
            1 => (bench.Setup.Addresses.Driver, bench.IsPacked ? 4 : 6 + (2 * bench.Setup.Size)),
            _ => (GuestBench.GuestAddress, 8192),
        };
        Mutate(bench.At(area.Address, area.Length), random);
    }

    private static void MutateJournal(GuestBench bench, Random random) =>
        Mutate(bench.Journals.Mapping.GetSpan(0, (int)bench.Journals.Mapping.Length), random);

    private static void Mutate(Span<byte> bytes, Random random)
    {
        for (int changes = random.Next(3); changes > 0; changes--)
        {
            int at = random.Next(bytes.Length / 2) * 2;
            Span<byte> word = bytes.Slice(at, 2);
            ushort value = BinaryPrimitives.ReadUInt16LittleEndian(word);
            BinaryPrimitives.WriteUInt16LittleEndian(word, random.Next(4) switch
            {
                0 => (ushort)(value ^ (1 << random.Next(16))),
                1 => (ushort)random.Next(16),
                2 => (ushort)(value + random.Next(-2, 3)),
                _ => (ushort)random.Next(65536),
            });
        }
    }

    /// <summary>A handler that touches all memory that it is given, at once or later.</summary>
    private sealed class Sloppy(Random random) : QueueHandler
    {
        private readonly List<DescriptorChain> _held = [];
        private readonly byte[] _bytes = new byte[4096];

        public override ReplayClass Replay => ReplayClass.Unrepeatable;

        public override void Handle(DescriptorChain chain)
        {
            if (random.Next(2) == 0) { _held.Add(chain); }
            else { Serve(chain); }
        }

        public override Resolution Resolve(DescriptorChain chain) => Resolution.Run;

        public void CompleteSome()
        {
            while (_held.Count > 0 && random.Next(3) > 0)
            {
                DescriptorChain chain = _held[random.Next(_held.Count)];
                _held.Remove(chain);
                Serve(chain);
            }
        }

        private void Serve(DescriptorChain chain)
        {
            chain.MarkStarted();
            chain.CopyFrom(chain.ReadableLength / 2, _bytes);
            int written = chain.CopyTo(0, _bytes);
            chain.Complete((uint)written);
        }
    }
}
