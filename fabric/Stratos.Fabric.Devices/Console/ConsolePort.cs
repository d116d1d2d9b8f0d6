namespace Stratos.Fabric.Devices.Console;

/// <summary>A port: its stream, and the handlers of its two queues while those run.</summary>
/// <remarks>
/// The gate is held for copies of memory and, with a file, for a write to the host's page cache; the pump of one of the
/// port's queues and the stream's watcher are all that meet there.
/// </remarks>
internal sealed class ConsolePort(int index, ConsolePortOptions options, IConsoleStream stream, ConsoleDevice device)
{
    private const int MaxEmergencyBytes = 1024;

    private readonly Queue<byte> _emergency = new();
    private ConsoleOutputHandler? _output;
    private ConsoleInputHandler? _input;
    private bool _watching;
    private volatile bool _present = true;

    /// <summary>Serialises the use of the stream.</summary>
    public Lock Gate { get; } = new();

    /// <summary>The port's number.</summary>
    public int Index => index;

    /// <summary>The name that the guest sees; empty for none.</summary>
    public string Name => options.Name;

    /// <summary>Whether the guest is told to use it as a console.</summary>
    public bool IsConsole => options.IsConsole;

    /// <summary>The host port.</summary>
    public IConsoleStream Stream => stream;

    /// <summary>Whether the port is plugged in.</summary>
    public bool IsPresent
    {
        get => _present;
        set => _present = value;
    }

    /// <summary>Whether the guest would take input now.</summary>
    public bool IsGuestListening => device.IsGuestListening(this);

    /// <summary>Reports something that the device survived.</summary>
    public void Warn(string where, string what) => device.Warn(where, what);

    /// <summary>Begins to watch the stream; from the first start of a queue on, as before it another process may be the owner.</summary>
    public void Watch()
    {
        if (_watching) { return; }
        _watching = true;
        stream.Watch(OnStreamChanged);
    }

    /// <summary>The transmit queue starts.</summary>
    public void Attach(ConsoleOutputHandler output)
    {
        lock (Gate) { _output = output; }
    }

    /// <summary>The receive queue starts.</summary>
    public void Attach(ConsoleInputHandler input)
    {
        lock (Gate) { _input = input; }
    }

    /// <summary>The transmit queue stops. With the gate held.</summary>
    public void Detach(ConsoleOutputHandler output) => _output = _output == output ? null : _output;

    /// <summary>The receive queue stops. With the gate held.</summary>
    public void Detach(ConsoleInputHandler input) => _input = _input == input ? null : _input;

    /// <summary>The guest opened or closed its end.</summary>
    public void OnGuestChanged()
    {
        lock (Gate) { _input?.Changed(); }
    }

    /// <summary>Puts a character out at once, past the queues; kept for a while if the stream cannot take it yet.</summary>
    public void PutEmergency(byte character)
    {
        lock (Gate)
        {
            if (_emergency.Count == MaxEmergencyBytes)
            {
                device.Warn($"port {index}", "an emergency character was lost: the stream takes none");
                return;
            }
            _emergency.Enqueue(character);
            FlushEmergency();
        }
    }

    private void OnStreamChanged()
    {
        lock (Gate)
        {
            FlushEmergency();
            _output?.Push();
            _input?.Changed();
        }
        device.OnStreamChanged(this);
    }

    private void FlushEmergency()
    {
        while (stream.IsConnected && _emergency.TryPeek(out byte character))
        {
            if (stream.Write(stream.OutputEnd, [character]).Bytes == 0) { return; }
            _emergency.Dequeue();
            _output?.MakeWay(1);
        }
    }
}
