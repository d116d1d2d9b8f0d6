namespace Stratos.Actors.Devices;

/// <summary>An operation whose answer is owed until something has happened.</summary>
public abstract record Owed
{
    /// <summary>Until the device has its state.</summary>
    public sealed record Attach : Owed;

    /// <summary>Until the queue's pump runs.</summary>
    public sealed record Start(int Index) : Owed;

    /// <summary>Until the queue's pump has stopped.</summary>
    public sealed record Stop(int Index) : Owed;

    /// <summary>Until all queues are stopped and the device was reset.</summary>
    public sealed record Reset : Owed;
}
