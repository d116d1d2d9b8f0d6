using Stratos.Fabric.Devices.Spi;
using Stratos.Fabric.Devices.Transfers;

namespace Stratos.Fabric.Devices.Tests.Spi;

/// <summary>A controller that can little, notes what it is asked for, and behaves as a test says.</summary>
internal sealed class PlayedSpiPort : ISpiPort
{
    private readonly List<string> _transfers = [];

    public SpiCapabilities Capabilities { get; init; } = new() { ChipSelects = 2, MaxFrequency = 10_000_000, BitsPerWord = 1 << 7 | 1 << 15 };

    public bool IsImmediate { get; init; } = true;

    /// <summary>Called before each transfer; may wait, or throw.</summary>
    public Action Before { get; set; } = static () => { };

    public bool Succeeds { get; set; } = true;

    /// <summary>Each transfer as a text: <c>0:w2</c>, <c>1:w2r2</c>.</summary>
    public IReadOnlyList<string> Transfers
    {
        get { lock (_transfers) { return [.. _transfers]; } }
    }

    public List<byte> Deselected { get; } = [];

    public bool IsDisposed { get; private set; }

    public void Join(ulong client) => Assert.NotEqual(0ul, client);

    public bool Transfer(TransferId id, SpiSettings settings, ReadOnlySpan<byte> sent, Span<byte> received, Action<bool> deliver)
    {
        lock (_transfers) { _transfers.Add($"{settings.ChipSelect}:{(sent.IsEmpty ? "" : $"w{sent.Length}")}{(received.IsEmpty ? "" : $"r{received.Length}")}"); }
        Before();
        received.Fill(0x5A);
        deliver(Succeeds);
        return Succeeds;
    }

    public void Deselect(byte chipSelect) => Deselected.Add(chipSelect);

    public TransferFate Recall(TransferId id) => TransferFate.Unknown;

    public void Dispose() => IsDisposed = true;
}
