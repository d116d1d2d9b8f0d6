using Stratos.Fabric.Devices.Rpmb.Store;
using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Devices.Tests.Rpmb;

/// <summary>
/// A disk with a write cache, and a power switch. At the loss of power each sector that was written since the last sync is
/// the old one, or the new one, or torn in the middle, as a seed decides.
/// </summary>
internal sealed class PowerLossMedium(byte[] durable, int dieAt = int.MaxValue, int seed = 0) : IRpmbMedium
{
    private const int Sector = 512;

    private readonly byte[] _cached = [.. durable];
    private int _steps;

    public bool IsImmediate => true;

    public int Steps => _steps;

    public Errno Read(ulong offset, Span<byte> destination)
    {
        _cached.AsSpan((int)offset, destination.Length).CopyTo(destination);
        return Errno.None;
    }

    public Errno Write(ulong offset, ReadOnlySpan<byte> source)
    {
        for (int done = 0; done < source.Length; done += Sector)
        {
            Step();
            ReadOnlySpan<byte> piece = source.Slice(done, Math.Min(Sector, source.Length - done));
            piece.CopyTo(_cached.AsSpan((int)offset + done));
        }
        return Errno.None;
    }

    public Errno Sync()
    {
        Step();
        _cached.CopyTo(durable, 0);
        Step();
        return Errno.None;
    }

    public void Dispose() { }

    private void Step()
    {
        if (++_steps < dieAt) { return; }
        Random random = new(seed);
        for (int at = 0; at < durable.Length; at += Sector)
        {
            int length = Math.Min(Sector, durable.Length - at);
            int landed = random.Next(4) switch { 0 => 0, 1 => length, 2 => random.Next(length), _ => length };
            _cached.AsSpan(at, landed).CopyTo(durable.AsSpan(at));
        }
        throw new PowerLostException();
    }
}
