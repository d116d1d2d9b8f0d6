using System.Buffers.Binary;
using Stratos.Fabric.Devices.Rpmb;
using Stratos.Fabric.Devices.Rpmb.Client;

namespace Stratos.GuestDriver;

/// <summary>
/// Writes and reads back until it is told to stop, and keeps account: every write is answered OK and counted once, what is
/// read is what was written last, and a forged write changes nothing. Anything else ends it with what was seen.
/// </summary>
internal sealed class RpmbCampaign(RpmbClient owner, RpmbClient forger)
{
    private const int Places = 16;
    private const int PlaceBlocks = 4;
    private const int ForgeEvery = 8;

    private readonly byte[][] _model = [.. Enumerable.Range(0, Places).Select(static _ => new byte[PlaceBlocks * RpmbFrame.BlockLength])];
    private readonly byte[] _read = new byte[PlaceBlocks * RpmbFrame.BlockLength];
    private uint _counter;

    /// <summary>Writes that were made.</summary>
    public uint Writes { get; private set; }

    /// <summary>Forged writes that were refused.</summary>
    public uint Refused { get; private set; }

    /// <summary>Runs until told to stop; at least one round.</summary>
    public void Run(Func<bool> stop)
    {
        Require(owner.ReadCounter(out _counter), RpmbResult.Ok, "the first look at the counter");
        uint first = _counter;
        do { Round(); } while (!stop());
        Require(owner.ReadCounter(out uint last), RpmbResult.Ok, "the last look at the counter");
        if (last != first + Writes) { throw new RpmbForgeryException($"{Writes} writes were answered, and the counter went from {first} to {last}."); }
        for (int place = 0; place < Places && place < Writes; place++) { Compare(place, _model[place]); }
    }

    private void Round()
    {
        int place = (int)(Writes % Places);
        byte[] data = _model[place];
        int blocks = 1 + (int)(Writes % PlaceBlocks);
        for (int at = 0; at < blocks * RpmbFrame.BlockLength; at += sizeof(uint)) { BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(at), (Writes * 2_654_435_761) ^ (uint)at); }
        Require(owner.Write(AddressOf(place), data.AsSpan(0, blocks * RpmbFrame.BlockLength), _counter), RpmbResult.Ok, $"write {Writes}");
        (_counter, Writes) = (_counter + 1, Writes + 1);
        Compare(place, data);
        if (Writes % ForgeEvery != 0) { return; }
        Require(forger.Write(AddressOf(place), new byte[RpmbFrame.BlockLength], _counter), RpmbResult.AuthFailure, $"a forged write after {Writes}");
        Refused++;
        Compare(place, data);
    }

    private void Compare(int place, byte[] expected)
    {
        // Blocks that this run has not written yet hold what an earlier one left.
        int written = expected.AsSpan().LastIndexOfAnyExcept((byte)0) + 1;
        int length = (written + RpmbFrame.BlockLength - 1) / RpmbFrame.BlockLength * RpmbFrame.BlockLength;
        Require(owner.Read(AddressOf(place), _read.AsSpan(0, length)), RpmbResult.Ok, $"the read after write {Writes}");
        if (!_read.AsSpan(0, length).SequenceEqual(expected.AsSpan(0, length))) { throw new RpmbForgeryException($"After {Writes} writes, place {place} does not hold what was written last."); }
    }

    private static ushort AddressOf(int place) => (ushort)(place * PlaceBlocks);

    private static void Require(RpmbResult result, RpmbResult expected, string what)
    {
        if (result != expected) { throw new RpmbForgeryException($"{what} was answered {result} instead of {expected}."); }
    }
}
