namespace Stratos.Testing;

/// <summary>How large a campaign of tests is: short by default, long when the environment has <c>STRATOS_FULL=1</c>.</summary>
public static class CampaignSize
{
    /// <summary>Whether the long campaigns run.</summary>
    public static bool IsFull { get; } = Environment.GetEnvironmentVariable("STRATOS_FULL") == "1";

    /// <summary>Chooses one of two counts.</summary>
    public static int Of(int ci, int full) => IsFull ? full : ci;
}
