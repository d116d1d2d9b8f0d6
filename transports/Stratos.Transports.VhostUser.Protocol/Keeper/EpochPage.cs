namespace Stratos.Transports.VhostUser.Protocol.Keeper;

/// <summary>The page of shared memory that says which epoch a session is in: a u64 at offset 0, which only grows.</summary>
public static class EpochPage
{
    /// <summary>Length of the page in bytes.</summary>
    public const int Length = 4096;
}
