using Stratos.Transports.VhostUser.Frontend.Drivers;

namespace Stratos.Workload;

/// <summary>
/// Toggles lines and counts the edges that come back. Each even line is an output that is wired to the odd line after it,
/// which makes interrupts of both edges: each toggle must be answered, make exactly one interrupt, and be what the other
/// line then has.
/// </summary>
/// <remarks>Made for a device on a bank with the wires 0:1, 2:3 and so on.</remarks>
public sealed class GpioLoad : Load
{
    private const uint Output = 1, Input = 2, BothEdges = 3;

    private readonly GpioDriver _driver;
    private readonly Pair[] _pairs;
    private int _busy;
    private int _edgesAwaited;

    /// <summary>Makes a load, and puts the lines into use.</summary>
    /// <param name="driver">The device, started with a depth of at least 1; that many pairs of lines are used.</param>
    /// <param name="options">The load.</param>
    /// <exception cref="ArgumentException">The device has no interrupts, too few lines, or refuses to put them into use.</exception>
    public GpioLoad(GpioDriver driver, LoadOptions options)
        : base("gpio", driver.Frontend, options)
    {
        _driver = driver;
        if (!driver.HasInterrupts || driver.LineCount < 2)
            throw new ArgumentException($"{driver.Frontend.Peer}: the load needs two lines and interrupts.", nameof(driver));
        _pairs = new Pair[Math.Min(driver.Depth, driver.LineCount / 2)];
        for (var pair = 0; pair < _pairs.Length; pair++)
        {
            Prepare(GpioRequestType.SetDirection, 2 * pair, Output, options.Deadline);
            Prepare(GpioRequestType.SetDirection, (2 * pair) + 1, Input, options.Deadline);
            Prepare(GpioRequestType.SetInterruptType, (2 * pair) + 1, BothEdges, options.Deadline);
            driver.TryUnmask((2 * pair) + 1);
        }
    }

    private enum Step : byte
    {
        Idle,
        Toggling,
        Sensing,
    }

    /// <inheritdoc/>
    public override int Depth => _pairs.Length;

    private protected override int InFlight => _busy;

    private protected override int Submit(int most)
    {
        var submitted = 0;
        for (var i = 0; i < _pairs.Length && submitted < most; i++)
        {
            ref var pair = ref _pairs[i];
            if (pair.Step != Step.Idle || !_driver.TryAsk(i, GpioRequestType.SetValue, 2 * i, pair.Level ? 0u : 1u))
                continue;
            pair = new Pair { Step = Step.Toggling, Level = !pair.Level };
            _busy++;
            _edgesAwaited++;
            submitted++;
        }
        _driver.Kick();
        return submitted;
    }

    private protected override int Take()
    {
        var done = 0;
        for (; _driver.TryTakeEvent(out var line, out var isInterrupt); done += Advance(line / 2))
            TakeEdge(line / 2, isInterrupt);
        for (; _driver.TryTakeAnswer(out var slot, out var answer); done += Advance(slot))
            TakeAnswer(slot, answer);
        _driver.Kick();
        return done;
    }

    // An edge that is awaited comes soon; only when there is none is it an answer that comes next.
    private protected override bool Wait(TimeSpan timeout) =>
        _edgesAwaited > 0 ? _driver.Listener!.WaitForUsed(timeout) : _driver.Requester.WaitForUsed(timeout);

    private void TakeEdge(int index, bool isInterrupt)
    {
        ref var pair = ref _pairs[index];
        if (!isInterrupt)
            Account.AddFailed($"the interrupt of line {(2 * index) + 1} was disabled");
        else if (pair.Step != Step.Toggling || pair.HasEdge)
            Account.AddRepeated($"line {(2 * index) + 1} made an interrupt without an edge");
        if (pair.Step == Step.Toggling && !pair.HasEdge)
        {
            pair.HasEdge = true;
            _edgesAwaited--;
        }
        _driver.TryUnmask((2 * index) + 1);
    }

    private void TakeAnswer(int index, GpioAnswer answer)
    {
        ref var pair = ref _pairs[index];
        pair.HasAnswer = true;
        pair.IsFailed |= !answer.IsOk;
        pair.Sensed = answer.Value == 1;
    }

    /// <returns>1 if the pair's toggle is complete.</returns>
    private int Advance(int index)
    {
        ref var pair = ref _pairs[index];
        if (!pair.HasAnswer)
            return 0;
        if (pair.Step == Step.Toggling && pair.HasEdge)
        {
            pair.Step = Step.Sensing;
            pair.HasAnswer = false;
            // The slot is free and so is its place in the ring.
            _driver.TryAsk(index, GpioRequestType.GetValue, (2 * index) + 1, 0);
            return 0;
        }
        if (pair.Step != Step.Sensing)
            return 0;
        if (pair.IsFailed)
            Account.AddFailed($"a request for lines {2 * index} and {(2 * index) + 1} was refused");
        else if (pair.Sensed != pair.Level)
            Account.AddCorrupted($"line {(2 * index) + 1} is {(pair.Sensed ? "high" : "low")} after line {2 * index} was set {(pair.Level ? "high" : "low")}");
        else
            Account.AddDone();
        pair = new Pair { Level = pair.Level };
        _busy--;
        return 1;
    }

    private void Prepare(GpioRequestType type, int line, uint value, TimeSpan timeout)
    {
        if (!_driver.Ask(type, line, value, timeout).IsOk)
            throw new ArgumentException($"{_driver.Frontend.Peer}: {type} of line {line} was refused.", nameof(line));
    }

    private struct Pair
    {
        public Step Step;
        public bool Level;
        public bool HasEdge;
        public bool HasAnswer;
        public bool IsFailed;
        public bool Sensed;
    }
}
