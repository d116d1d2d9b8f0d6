using Stratos.Fabric.Devices.Rpmb;
using Stratos.Fabric.Devices.Rpmb.Client;
using Stratos.Fabric.Devices.Rpmb.Store;

namespace Stratos.GuestDriver.Tests;

/// <summary>A card in this process, and what can go wrong on the way to it.</summary>
internal sealed class CardChannel : IRpmbChannel, IRpmbExchange, IDisposable
{
    public static readonly byte[] Key = [.. Enumerable.Range(1, 32).Select(static i => (byte)i)];

    private readonly RpmbCard _card = new(RpmbStore.Open(SimulatedRpmbMedium.Open(null, 1), "card"), new(32, 32));
    private byte[] _response = [];

    /// <summary>Whether each request reaches the card twice.</summary>
    public bool Repeat { get; init; }

    /// <summary>The byte of each response that is changed; 0 for none.</summary>
    public int Flip { get; set; }

    public RpmbOutcome LastOutcome { get; private set; }

    public int Exchange(ReadOnlySpan<byte> request, Span<byte> response)
    {
        _response = new byte[response.Length];
        int frames = _card.Perform(request.ToArray(), response.Length / RpmbFrame.Length, this);
        if (Repeat) { frames = _card.Perform(request.ToArray(), response.Length / RpmbFrame.Length, this); }
        if (Flip != 0) { _response[Flip] ^= 1; }
        _response.CopyTo(response);
        return frames * RpmbFrame.Length;
    }

    public void Starting()
    {
    }

    public void Respond(int index, ReadOnlySpan<byte> frame) => frame.CopyTo(_response.AsSpan(index * RpmbFrame.Length));

    public void Ended(RpmbOutcome outcome) => LastOutcome = outcome;

    public void Dispose() => _card.Dispose();
}
