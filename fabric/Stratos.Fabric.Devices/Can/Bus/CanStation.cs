namespace Stratos.Fabric.Devices.Can.Bus;

/// <summary>One station of a simulated bus: a controller with a transmit queue and everything that it has yet to receive.</summary>
/// <remarks>
/// One thread at a time offers and one receives; they may be two. The other members may be called from any thread. What the
/// station has offered and not read stays on the board; a successor joins under the same name and goes on.
/// </remarks>
public sealed class CanStation
{
    /// <summary>Frames of a station that can wait for the bus.</summary>
    public const int MaxPending = 64;

    private readonly CanBus _bus;
    private readonly int _place;

    internal CanStation(CanBus bus, int place, string name) => (_bus, _place, Name) = (bus, place, name);

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>The controller's state and error counters.</summary>
    public StationWord Controller => _bus.Board.WordOf(_place);

    /// <summary>Everything about the station.</summary>
    public CanStationStatus Status => CanStationStatus.Read(_bus.Board, _place, Name);

    /// <summary>How many frames can be offered now.</summary>
    public int Room => MaxPending - (int)(Volatile.Read(ref Record.Offered) - Volatile.Read(ref Record.Settled));

    private ref StationRecord Record => ref _bus.Board.Station(_place);

    /// <summary>Starts the controller: it receives what comes from now on. After bus-off it is back when the bus had time to recover.</summary>
    /// <param name="patience">For how long the bus waits for this station when it reads nothing; then it loses frames.</param>
    public void Start(TimeSpan patience) => _bus.Change((this, Patience: patience), static argument => argument.Item1.StartHere(argument.Patience));

    /// <summary>Stops the controller; what it has offered and is not on the bus is cancelled.</summary>
    public void Stop() => _bus.Change(this, static station =>
    {
        Volatile.Write(ref station.Record.Word, default(StationWord).Packed);
        station._bus.Probe?.Invoke();
        station._bus.CancelIfStopped(station._place);
    });

    /// <summary>Lets the station's next transmissions be destroyed; each is repeated, and 32 in a row take the station off the bus.</summary>
    public void InjectErrors(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        _bus.Change((this, Count: count), static argument => argument.Item1.Record.ErrorsToInject += (ulong)argument.Count);
    }

    /// <summary>Takes the station off the bus at once, as too many errors do.</summary>
    public void ForceBusOff() => _bus.Change(this, static station =>
        Volatile.Write(ref station.Record.Word, new StationWord(CanControllerState.BusOff, StationWord.BusOff, 0).Packed));

    /// <summary>Keys begin anew.</summary>
    public void ForgetKeys() => _bus.Change(this, static station => Volatile.Write(ref station.Record.Era, station.Record.Era + 1));

    /// <summary>Offers a frame without a key that anybody will ask for.</summary>
    /// <returns>False if there is no room or the controller is not started.</returns>
    public bool Send(in CanFrame frame) => Room > 0 && Offer(Record.Offered, frame);

    /// <summary>Offers a frame.</summary>
    /// <param name="key">Its name, above those before it.</param>
    /// <param name="frame">The frame.</param>
    /// <returns>False if the controller is not started.</returns>
    /// <exception cref="InvalidOperationException">There is no room.</exception>
    public bool Offer(ulong key, in CanFrame frame)
    {
        ref StationRecord station = ref Record;
        if (Room <= 0) { throw new InvalidOperationException($"station {Name}: {MaxPending} frames wait for the bus already."); }
        if (Controller.State is not CanControllerState.Started) { return false; }
        ref CanSlot slot = ref _bus.Board.Slot(_place, station.Offered);
        (slot.Key, slot.Era, slot.OfferedAt, slot.Outcome, slot.Frame) = (key, station.Era, _bus.Now, 0, frame);
        _bus.Probe?.Invoke();
        Volatile.Write(ref station.Offered, station.Offered + 1);
        _bus.Probe?.Invoke();
        _bus.TryStep();
        return true;
    }

    /// <summary>Says what became of a frame of this run of keys.</summary>
    public CanFate FateOf(ulong key)
    {
        ref StationRecord station = ref Record;
        ulong offered = Volatile.Read(ref station.Offered);
        for (ulong number = offered; number > 0 && offered - number < BusBoard.Slots; number--)
        {
            ref CanSlot slot = ref _bus.Board.Slot(_place, number - 1);
            if (slot.Era != station.Era || slot.Key < key) { return CanFate.NeverOffered; }
            if (slot.Key == key) { return FateOf(Volatile.Read(ref slot.Outcome)); }
        }
        return CanFate.NeverOffered;
    }

    /// <summary>Looks at the next frame that was on the bus.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="position">Its position in the bus's log.</param>
    /// <param name="isOwn">Whether this station sent it.</param>
    /// <param name="key">The key of an own frame; null if the keys of that time are forgotten.</param>
    public bool TryPeek(out CanFrame frame, out ulong position, out bool isOwn, out ulong? key)
    {
        bool found = TryLook(out CanLogEntry entry, out position);
        (frame, isOwn, key) = (entry.Frame, found && entry.Sender == (ulong)_place, null);
        if (isOwn && Volatile.Read(ref Record.Offered) - entry.Number < BusBoard.Slots)
        {
            ref CanSlot slot = ref _bus.Board.Slot(_place, entry.Number);
            if (slot.Era == Record.Era) { key = slot.Key; }
        }
        return found;
    }

    /// <summary>Takes the next frame of another station.</summary>
    public bool TryReceive(out CanFrame frame)
    {
        while (TryPeek(out frame, out ulong position, out bool isOwn, out _))
        {
            Consume(position);
            if (!isOwn) { return true; }
        }
        return false;
    }

    /// <summary>Lets go of the frames up to a position.</summary>
    public void Consume(ulong position)
    {
        ref StationRecord station = ref Record;
        ulong cursor;
        do
        {
            cursor = Volatile.Read(ref station.Cursor);
            if (cursor > position) { return; }
        }
        while (Interlocked.CompareExchange(ref station.Cursor, position + 1, cursor) != cursor);
        Volatile.Write(ref station.ReadAt, _bus.Now);
        // The bus may have waited for that.
        if (_bus.Head - cursor >= BusBoard.LogLength) { _bus.TryStep(); }
    }

    private bool TryLook(out CanLogEntry entry, out ulong position)
    {
        while (true)
        {
            position = Volatile.Read(ref Record.Cursor);
            entry = default;
            if (position >= _bus.Head || Controller.State is not CanControllerState.Started) { return false; }
            entry = _bus.Board.Log(position);
            // The copy is whole if nobody has taken the place away meanwhile.
            Interlocked.MemoryBarrier();
            if (Volatile.Read(ref Record.Cursor) != position) { continue; }
            long now = _bus.Now;
            return BusArbiter.Sane(entry.End, now) <= now;
        }
    }

    private CanFate FateOf(long outcome)
    {
        if (outcome == CanSlot.Cancelled) { return CanFate.Cancelled; }
        long now = _bus.Now;
        return outcome == 0 || BusArbiter.Sane(outcome, now) > now ? CanFate.Pending : CanFate.Sent;
    }

    private void StartHere(TimeSpan patience)
    {
        ref StationRecord station = ref Record;
        station.Patience = patience.Ticks * TimeSpan.NanosecondsPerTick;
        CanControllerState before = Controller.State;
        if (before is CanControllerState.Started) { return; }
        _bus.CancelIfStopped(_place);
        long now = _bus.Now;
        station.OnlineAt = before is CanControllerState.BusOff ? now + _bus.Timing.BusOffRecovery : 0;
        station.ReadAt = now;
        Volatile.Write(ref station.Cursor, _bus.Head);
        _bus.Probe?.Invoke();
        Volatile.Write(ref station.Word, new StationWord(CanControllerState.Started, 0, 0).Packed);
    }
}
