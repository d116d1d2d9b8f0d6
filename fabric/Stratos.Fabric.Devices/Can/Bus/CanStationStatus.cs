namespace Stratos.Fabric.Devices.Can.Bus;

/// <summary>A station of a bus as it is at some moment.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Controller">Its state and error counters.</param>
/// <param name="Pending">Frames that it has offered and that are not on the bus yet.</param>
/// <param name="Unread">Frames in the log that it has not looked at, its own among them.</param>
/// <param name="Lost">Frames that it did not read in time.</param>
/// <param name="Errors">Transmissions of it that were destroyed.</param>
public sealed record CanStationStatus(string Name, StationWord Controller, int Pending, int Unread, ulong Lost, ulong Errors)
{
    internal static CanStationStatus Read(BusBoard board, int place, string name)
    {
        ref StationRecord station = ref board.Station(place);
        StationWord word = board.WordOf(place);
        bool started = word.State is CanControllerState.Started;
        return new(
            name, word, (int)(Volatile.Read(ref station.Offered) - Volatile.Read(ref station.Settled)),
            started ? (int)(Volatile.Read(ref board.Header.Head) - Volatile.Read(ref station.Cursor)) : 0, station.Lost, station.Errors);
    }
}
