using Stratos.Fabric.Linux;

namespace Stratos.Transports.Keeper.Shell;

/// <summary>A connection on the control socket that has not said yet who it is.</summary>
internal sealed class Newcomer : IDisposable
{
    private readonly Watch _watch;
    private readonly ProcessHandle _process;
    private readonly int _processId;
    private MessageLink? _link;

    public Newcomer(WatchTable watches, UnixStream stream, ProcessHandle process, long deadline, Action<Newcomer> speak)
    {
        (_process, _processId, Deadline) = (process, stream.PeerProcessId, deadline);
        _link = new MessageLink(stream);
        _watch = watches.Add(_link.Descriptor, PollEvents.Readable, _ => speak(this));
    }

    public long Deadline { get; }
    public MessageLink Link => _link!;
    public int ProcessId => _processId;

    /// <summary>Hands connection and process over to who goes on with them.</summary>
    public (MessageLink Link, ProcessHandle Process, int ProcessId) Take()
    {
        var link = _link!;
        _watch.End();
        _link = null;
        return (link, _process, _processId);
    }

    public void Dispose()
    {
        if (_link is null) return;
        _watch.End();
        _link.Dispose();
        _link = null;
        _process.Dispose();
    }
}
