namespace Stratos.Fabric.Devices.Can.Bus;

/// <summary>
/// Moves a bus: one frame after the other, the strongest first. A function of the board and the time; whoever has the bus's
/// lock calls it, and nobody else.
/// </summary>
/// <remarks>
/// A frame is sent by the one store that makes the log longer. Its sender is settled after that; if the process dies in
/// between, whoever comes next finds that the newest frame in the log is not settled and catches up, so no frame is sent
/// twice. Frames begin when the bus was idle and they had been offered, however late this is called.
/// </remarks>
internal sealed class BusArbiter(BusBoard board, CanBitTiming timing, Action? probe)
{
    /// <summary>Nothing is due by itself.</summary>
    public const long Never = long.MaxValue;

    /// <summary>A station that has lost frames and not read since: the bus does not wait for it any more.</summary>
    public const long Overrun = -1;

    /// <summary>A moment further ahead than this is one of before the machine's last start: the clock began anew.</summary>
    private const long FurthestAhead = 10_000_000_000;

    /// <summary>A moment from the board, as far as it can be meant.</summary>
    public static long Sane(long moment, long now) => moment > now + FurthestAhead ? now : moment;

    /// <summary>Does everything that was due.</summary>
    /// <param name="now">The time in nanoseconds of the bus's clock.</param>
    /// <param name="moved">Set when something changed.</param>
    /// <returns>When there is something to do by itself again, or <see cref="Never"/>.</returns>
    public long Step(long now, ref bool moved)
    {
        Repair();
        while (true)
        {
            for (int place = 0; place < BusBoard.Stations; place++) { moved |= CancelIfStopped(place); }
            long idle = Sane(Volatile.Read(ref board.Header.BusyUntil), now);
            long start = NextStart(now, idle);
            long next = Math.Min(start, idle > now ? idle : Never);
            if (start > now) { return next; }
            long room = MakeRoom(now);
            if (room > now) { return Math.Min(room, idle > now ? idle : Never); }
            Transmit(Winner(now, start), start);
            moved = true;
        }
    }

    /// <summary>Cancels what a station that does not take part has offered; true if there was something.</summary>
    public bool CancelIfStopped(int place)
    {
        ref StationRecord station = ref board.Station(place);
        ulong offered = Volatile.Read(ref station.Offered);
        if (station.Settled == offered || board.WordOf(place).State is CanControllerState.Started) { return false; }
        for (ulong number = station.Settled; number < offered; number++) { board.Slot(place, number).Outcome = CanSlot.Cancelled; }
        probe?.Invoke();
        Volatile.Write(ref station.Settled, offered);
        return true;
    }

    /// <summary>Finishes what a process that died had begun.</summary>
    public void Repair()
    {
        ulong head = Volatile.Read(ref board.Header.Head);
        if (head == 0) { return; }
        CanLogEntry newest = board.Log(head - 1);
        if (newest.Sender < BusBoard.Stations && board.Station((int)newest.Sender).Settled == newest.Number)
        {
            Settle((int)newest.Sender, newest.Number, newest.End);
        }
    }

    private long NextStart(long now, long idle)
    {
        long first = Never;
        for (int place = 0; place < BusBoard.Stations; place++)
        {
            if (CanSend(place, now)) { first = Math.Min(first, Math.Max(idle, ReadyAt(place, now))); }
        }
        return first;
    }

    private int Winner(long now, long start)
    {
        int winner = -1;
        uint strongest = uint.MaxValue;
        for (int place = 0; place < BusBoard.Stations; place++)
        {
            if (!CanSend(place, now) || ReadyAt(place, now) > start) { continue; }
            uint key = CanArbitration.Key(board.Slot(place, board.Station(place).Settled).Frame);
            if (winner < 0 || key < strongest) { (winner, strongest) = (place, key); }
        }
        return winner;
    }

    private bool CanSend(int place, long now)
    {
        ref StationRecord station = ref board.Station(place);
        return station.Settled != Volatile.Read(ref station.Offered)
            && board.WordOf(place).State is CanControllerState.Started
            && (Volatile.Read(ref board.Header.NeedsAcknowledgement) == 0 || HasListener(place, now));
    }

    private bool HasListener(int sender, long now)
    {
        for (int place = 0; place < BusBoard.Stations; place++)
        {
            if (place != sender && board.WordOf(place).State is CanControllerState.Started && Sane(board.Station(place).OnlineAt, now) <= now) { return true; }
        }
        return false;
    }

    private long ReadyAt(int place, long now)
    {
        ref StationRecord station = ref board.Station(place);
        return Math.Max(Math.Min(board.Slot(place, station.Settled).OfferedAt, now), Sane(station.OnlineAt, now));
    }

    /// <summary>Until when the bus waits because the log is full of what a station has not read; not in the future if there is room.</summary>
    private long MakeRoom(long now)
    {
        ulong head = board.Header.Head;
        long until = long.MinValue;
        for (int place = 0; place < BusBoard.Stations; place++)
        {
            ref StationRecord station = ref board.Station(place);
            ulong cursor = Volatile.Read(ref station.Cursor);
            if (board.WordOf(place).State is not CanControllerState.Started || head - cursor < BusBoard.LogLength) { continue; }
            long read = Volatile.Read(ref station.ReadAt);
            long patience = Math.Max(Sane(read, now), Sane(board.Log(cursor).End, now)) + station.Patience;
            if (read != Overrun && patience > now)
            {
                until = Math.Max(until, patience);
            }
            else if (Interlocked.CompareExchange(ref station.Cursor, cursor + 1, cursor) == cursor)
            {
                Volatile.Write(ref station.ReadAt, Overrun);
                station.Lost++;
            }
        }
        return until;
    }

    private void Transmit(int sender, long start)
    {
        ref BusHeader header = ref board.Header;
        ref StationRecord station = ref board.Station(sender);
        ulong number = station.Settled;
        ref CanSlot slot = ref board.Slot(sender, number);
        if (TakeError(ref station.ErrorsToInject) || TakeError(ref header.ErrorsToInject))
        {
            Volatile.Write(ref header.BusyUntil, start + timing.ErrorDuration(slot.Frame));
            station.Errors++;
            Confine(sender, succeeded: false);
            return;
        }
        long end = Math.Max(1, start + timing.Duration(slot.Frame));
        ref CanLogEntry entry = ref board.Log(header.Head);
        (entry.Number, entry.Sender, entry.End, entry.Frame) = (number, (ulong)sender, end, slot.Frame);
        Volatile.Write(ref header.BusyUntil, end);
        probe?.Invoke();
        Volatile.Write(ref header.Head, header.Head + 1);
        probe?.Invoke();
        Settle(sender, number, end);
        Confine(sender, succeeded: true);
    }

    private void Settle(int sender, ulong number, long end)
    {
        board.Slot(sender, number).Outcome = end;
        probe?.Invoke();
        Volatile.Write(ref board.Station(sender).Settled, number + 1);
        probe?.Invoke();
    }

    private void Confine(int sender, bool succeeded)
    {
        for (int place = 0; place < BusBoard.Stations; place++)
        {
            StationWord word = board.WordOf(place);
            if (word.State is not CanControllerState.Started) { continue; }
            StationWord after = (place == sender, succeeded) switch
            {
                (true, true) => word.TransmitSucceeded(),
                (true, false) => word.TransmitFailed(),
                (false, true) => word.ReceiveSucceeded(),
                (false, false) => word.ReceiveFailed(),
            };
            if (after != word) { Volatile.Write(ref board.Station(place).Word, after.Packed); }
        }
        probe?.Invoke();
    }

    private static bool TakeError(ref ulong errors)
    {
        if (errors == 0) { return false; }
        errors--;
        return true;
    }
}
