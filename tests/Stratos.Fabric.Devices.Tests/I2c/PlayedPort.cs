using Stratos.Fabric.Devices.I2c;
using Stratos.Fabric.Devices.Transfers;

namespace Stratos.Fabric.Devices.Tests.I2c;

/// <summary>A bus that notes the shape of each transfer, and behaves as a test says.</summary>
internal sealed class PlayedPort : II2cPort
{
    private readonly List<string> _transfers = [];

    public bool IsImmediate { get; init; } = true;

    /// <summary>Called before each transfer; may wait, or throw.</summary>
    public Action Before { get; set; } = static () => { };

    public Func<int, I2cResult> Result { get; set; } = static count => new(count, I2cFault.None);

    public TransferFate Fate { get; set; } = TransferFate.Unknown;

    /// <summary>Each transfer as a text: <c>w2@0x50 r4@0x50</c>.</summary>
    public IReadOnlyList<string> Transfers
    {
        get { lock (_transfers) { return [.. _transfers]; } }
    }

    public bool IsDisposed { get; private set; }

    public void Join(ulong client) => Assert.NotEqual(0ul, client);

    public I2cResult Transfer(TransferId id, ReadOnlySpan<I2cMessage> messages, Action<I2cResult> deliver)
    {
        List<string> shape = [];
        foreach (I2cMessage message in messages)
        {
            shape.Add($"{(message.IsRead ? 'r' : 'w')}{message.Data.Length}@{message.Address}");
            if (message.IsRead) { message.Data.Span.Fill(0x5A); }
        }
        lock (_transfers) { _transfers.Add(string.Join(' ', shape)); }
        Before();
        I2cResult result = Result(messages.Length);
        deliver(result);
        return result;
    }

    public TransferFate Recall(TransferId id) => Fate;

    public void Dispose() => IsDisposed = true;
}
