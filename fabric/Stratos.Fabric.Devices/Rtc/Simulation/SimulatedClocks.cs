using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Devices.Rtc.Simulation;

/// <summary>Host port: some of the clocks of a <see cref="ClockBoard"/>, in the order that a guest is to see them.</summary>
public sealed class SimulatedClocks : IClockPort
{
    /// <summary>How soon a clock that another process sets is noticed.</summary>
    private static readonly TimeSpan s_notice = TimeSpan.FromMilliseconds(10);

    private readonly ClockBoard _board;
    private readonly ClockName[] _names;
    private readonly RtcCounter _counter;

    /// <summary>Shows clocks of a board, which it disposes.</summary>
    /// <param name="board">The board.</param>
    /// <param name="names">Which clocks.</param>
    /// <param name="counter">What the board's counter is to the guest; <see cref="RtcCounter.Invalid"/> for none.</param>
    public SimulatedClocks(ClockBoard board, IReadOnlyList<ClockName> names, RtcCounter counter = RtcCounter.Invalid)
    {
        ArgumentNullException.ThrowIfNull(board);
        ArgumentNullException.ThrowIfNull(names);
        (_board, _names, _counter) = (board, [.. names], counter);
        Clocks = [.. _names.Select(ClockNames.Describe)];
    }

    /// <inheritdoc/>
    public IReadOnlyList<ClockDescription> Clocks { get; }

    /// <inheritdoc/>
    public bool TryRead(int clock, out ulong nanoseconds)
    {
        bool read = _board.TryRead(_names[clock], out long time);
        nanoseconds = (ulong)time;
        return read;
    }

    /// <inheritdoc/>
    public bool CanCross(int clock, RtcCounter counter) => counter == _counter && counter is not RtcCounter.Invalid;

    /// <inheritdoc/>
    public bool TryReadCross(int clock, RtcCounter counter, out ulong nanoseconds, out ulong cycles)
    {
        bool read = _board.TryReadCross(_names[clock], out long time, out cycles);
        nanoseconds = (ulong)time;
        return read && CanCross(clock, counter);
    }

    /// <inheritdoc/>
    public TimeSpan Until(int clock, ulong time) =>
        time > long.MaxValue ? Timeout.InfiniteTimeSpan : _board.Until(_names[clock], (long)time) ?? Timeout.InfiniteTimeSpan;

    /// <inheritdoc/>
    public void Wait(TimeSpan limit, EventFd wake)
    {
        ArgumentNullException.ThrowIfNull(wake);
        Poll.Wait(wake.Descriptor, PollEvents.Readable, limit < TimeSpan.Zero || limit > s_notice ? s_notice : limit);
    }

    /// <inheritdoc/>
    public void Dispose() => _board.Dispose();
}
