namespace Stratos.Fabric.Devices.Tests.Console;

/// <summary>The host's end of a port as a test plays it: what was shown, what was typed, how much of it was taken.</summary>
internal sealed class PlayedTerminal
{
    private readonly List<PlayedStream> _streams = [];

    public Lock Gate { get; } = new();

    public List<byte> Shown { get; private set; } = [];

    public List<byte> Typed { get; private set; } = [];

    public int Taken { get; set; }

    /// <summary>Bytes that can be shown before the terminal is full.</summary>
    public int Room { get; set; } = int.MaxValue;

    public bool IsConnected { get; set; } = true;

    public bool IsOpen { get; set; } = true;

    public ulong Incarnation { get; set; } = 1;

    public Devices.Console.TerminalSize? Size { get; set; }

    /// <summary>Called at each place where a crash would leave something different behind.</summary>
    public Action Step { get; set; } = static () => { };

    public PlayedStream Connect()
    {
        PlayedStream stream = new(this);
        _streams.Add(stream);
        return stream;
    }

    public void Change(Action<PlayedTerminal> change)
    {
        lock (Gate) { change(this); }
        foreach (PlayedStream stream in _streams) { stream.Changed(); }
    }

    public void Type(ReadOnlySpan<byte> bytes)
    {
        byte[] copy = bytes.ToArray();
        Change(terminal => terminal.Typed.AddRange(copy));
    }

    public byte[] ShownNow()
    {
        lock (Gate) { return [.. Shown]; }
    }

    public (byte[] Shown, int Taken) Save() => ([.. Shown], Taken);

    public void Restore((byte[] Shown, int Taken) saved)
    {
        (Shown, Taken) = ([.. saved.Shown], saved.Taken);
        _streams.Clear();
    }
}
