namespace Stratos.Transports.Keeper.Session;

/// <summary>
/// How a session names a descriptor: the number under which the shell handed it in (0 or above), which the session owns
/// from then on until it asks the shell to close it; or one of those that the shell itself made for the session.
/// </summary>
public static class KeptDescriptor
{
    /// <summary>No descriptor.</summary>
    public const int None = -1;
    /// <summary>The epoch page.</summary>
    public const int EpochPage = -2;
    /// <summary>The memory of the device's state.</summary>
    public const int DeviceState = -3;
    /// <summary>The journal that the keeper made, for a frontend that brought none.</summary>
    public const int Journal = -4;
    /// <summary>The worker's end of a new channel for its own requests.</summary>
    public const int Channel = -5;
    /// <summary>New zeroed memory that only this message carries; it is closed once it was sent.</summary>
    public const int NewMemory = -6;
}
