using Stratos.Fabric.Linux;

namespace Stratos.Transports.Keeper.Shell;

/// <summary>A descriptor that is watched, and who is told.</summary>
internal sealed class Watch(WatchTable table, FileDescriptor descriptor, ulong token, Action<PollEvents> handler)
{
    private PollEvents _wanted;

    public ulong Token => token;
    public Action<PollEvents> Handler => handler;

    public void Begin(PollEvents wanted)
    {
        _wanted = wanted;
        table.Poller.Add(descriptor, wanted, token);
    }

    /// <summary>Changes what is waited for. Hang-ups are reported in any case.</summary>
    public void Want(PollEvents wanted)
    {
        if (wanted == _wanted) return;
        _wanted = wanted;
        table.Poller.Modify(descriptor, wanted, token);
    }

    /// <summary>Stops watching; to be called while the descriptor is still open.</summary>
    public void End()
    {
        table.Forget(this);
        table.Poller.Remove(descriptor);
    }
}
