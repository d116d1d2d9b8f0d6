namespace Stratos.Fabric.Devices.Catalogue;

/// <summary>
/// What a process keeps for a device that it lets other processes serve: things that must outlive a death of those, such
/// as the user's terminal. Most kinds need nothing kept.
/// </summary>
/// <param name="options">The options for the serving processes.</param>
public class DeviceLauncher(IReadOnlyDictionary<string, string> options) : IDisposable
{
    /// <summary>The options for the serving processes: those that were given, with what is kept here replaced by a way to reach it.</summary>
    public IReadOnlyDictionary<string, string> Options { get; protected init; } = options;

    /// <summary>Lines that tell the user what was made for him, such as the path of a pseudo-terminal.</summary>
    public virtual IReadOnlyList<string> Notes => [];

    /// <summary>Cancelled when the user asked, through what is kept here, that the program ends.</summary>
    public virtual CancellationToken Ended => CancellationToken.None;

    /// <summary>Gives back what is kept. The serving processes have ended.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives back what is kept.</summary>
    protected virtual void Dispose(bool disposing) { }
}
