namespace Stratos.Fabric.Devices.Gpio.Linux;

/// <summary>Counts a line's transitions from what the kernel reports of them: edges with numbers, some of which it may have dropped.</summary>
internal struct LineCounter
{
    // Counts start at 2 or 3: see IGpioPort.Transitions.
    private const ulong First = 2;

    private uint _number;

    /// <summary>Transitions by now; odd while the line is high.</summary>
    public ulong Transitions { get; private set; }

    /// <summary>Begins at a level, sensed after the kernel began to number the edges from 1. The count never goes back.</summary>
    public void Begin(bool level)
    {
        _number = 0;
        Transitions = Math.Max(Transitions, First);
        if ((Transitions & 1) != (level ? 1ul : 0ul)) { Transitions++; }
    }

    /// <summary>Takes an edge.</summary>
    public void Take(bool isRising, uint number)
    {
        uint edges = number - _number;
        bool isAsBegun = _number == 0 && edges == 1 && (Transitions & 1) == (isRising ? 1ul : 0ul);
        _number = number;
        // The first edge came before the level was sensed, which shows it already.
        if (isAsBegun) { return; }
        Transitions += edges;
        if ((Transitions & 1) != (isRising ? 1ul : 0ul)) { Transitions++; }
    }
}
