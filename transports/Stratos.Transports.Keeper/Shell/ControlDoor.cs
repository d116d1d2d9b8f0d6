using Stratos.Fabric.Linux;
using Stratos.Transports.VhostUser.Protocol.Keeper;
using Stratos.Transports.VhostUser.Protocol.Messages;

namespace Stratos.Transports.Keeper.Shell;

/// <summary>The control socket: workers come here and say which device they serve.</summary>
internal sealed class ControlDoor : IDisposable
{
    private const int MostNewcomers = 64;
    private const long HelloDeadline = 5_000_000_000;
    private const long Rest = 1_000_000_000;

    private readonly WatchTable _watches;
    private readonly IKeeperLog _log;
    private readonly IReadOnlyDictionary<string, DeviceShell> _devices;
    private readonly UnixListener _listener;
    private readonly Watch _watch;
    private readonly List<Newcomer> _newcomers = [];
    private long _restUntil = long.MaxValue;
    private int _lastWorker;

    public ControlDoor(string path, IReadOnlyDictionary<string, DeviceShell> devices, WatchTable watches, IKeeperLog log)
    {
        (_devices, _watches, _log) = (devices, watches, log);
        _listener = UnixListener.Bind(path);
        _watch = watches.Add(_listener.Descriptor, PollEvents.Readable, _ => Accept());
    }

    public long NextDeadline
    {
        get
        {
            var next = _restUntil;
            foreach (var newcomer in _newcomers) next = Math.Min(next, newcomer.Deadline);
            return next;
        }
    }

    public void TimePassed(long now)
    {
        if (_restUntil <= now)
        {
            _restUntil = long.MaxValue;
            _watch.Want(PollEvents.Readable);
        }
        for (var i = _newcomers.Count - 1; i >= 0; i--)
            if (_newcomers[i].Deadline <= now) TurnAway(_newcomers[i], "it did not say HELLO in time");
    }

    public void Dispose()
    {
        foreach (var newcomer in _newcomers) newcomer.Dispose();
        _newcomers.Clear();
        _watch.End();
        _listener.Dispose();
    }

    private void Accept()
    {
        try
        {
            if (!_listener.TryAccept(out var stream)) return;
            var process = stream.OpenPeerProcess();
            if (process is null || _newcomers.Count >= MostNewcomers)
            {
                _log.Write("keeper", process is null
                    ? "a connection on the control socket is refused: its process has gone or cannot be seen from here, so it could not be fenced"
                    : $"a connection on the control socket is refused: {MostNewcomers} others have not said HELLO yet");
                process?.Dispose();
                stream.Dispose();
                return;
            }
            _newcomers.Add(new(_watches, stream, process, MonotonicClock.Nanoseconds + HelloDeadline, Listen));
        }
        catch (LinuxException failure)
        {
            _log.Write("keeper", failure.Message);
            _watch.Want(PollEvents.None);
            _restUntil = MonotonicClock.Nanoseconds + Rest;
        }
    }

    private void Listen(Newcomer newcomer)
    {
        var link = newcomer.Link;
        var status = link.TryReceive();
        if (status == LinkStatus.Nothing) return;
        if (status != LinkStatus.Message)
        {
            TurnAway(newcomer, status == LinkStatus.Closed ? "its connection ended before HELLO" : link.Fault);
            return;
        }
        KeeperHello? hello = null;
        var fault = link.Header.Request != (uint)KeeperRequest.Hello
            ? $"its first message is request {link.Header.Request}, not HELLO"
            : KeeperRules.Hello.CheckRequest(link.Header, link.Descriptors.Length) ?? KeeperHello.Read(link.Payload, out hello);
        if (fault is not null)
        {
            TurnAway(newcomer, fault);
        }
        else if (!_devices.TryGetValue(hello!.Name, out var device))
        {
            Span<byte> buffer = stackalloc byte[MessageHeader.Length + sizeof(ulong)];
            var writer = new MessageWriter(buffer);
            writer.Write((ulong)KeeperRefusal.UnknownDevice);
            link.Send(writer.Reply((uint)KeeperRequest.Hello), []);
            TurnAway(newcomer, $"it serves device '{hello.Name}', which is not kept here");
        }
        else
        {
            link.Next();
            _newcomers.Remove(newcomer);
            _log.Write(hello.Name, $"process {newcomer.ProcessId} is worker {++_lastWorker}");
            device.Join(_lastWorker, newcomer, hello);
        }
    }

    private void TurnAway(Newcomer newcomer, string reason)
    {
        _log.Write("keeper", $"process {newcomer.ProcessId} is turned away: {reason}");
        _newcomers.Remove(newcomer);
        newcomer.Dispose();
    }
}
