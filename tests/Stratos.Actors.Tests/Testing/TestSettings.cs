using Stratos.Actors.Settings;
using Stratos.Actors.Supervision;

namespace Stratos.Actors.Tests.Testing;

/// <summary>The repository's settings with short delays, without a cluster.</summary>
internal static class TestSettings
{
    public static SupervisionPolicy Supervision { get; } = new(
        Queue: new(3, TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(10)),
        Device: new(2, TimeSpan.FromSeconds(60), TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(10)),
        Session: new(null, TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(10)));

    public static FabricSettings Alone { get; } = Make();

    private static FabricSettings Make()
    {
        var settings = FabricSettings.Load(Repository.Settings);
        return settings with
        {
            Rehearse = false,
            Cluster = settings.Cluster with { Enabled = false },
            Operations = new(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5)),
            Supervision = Supervision,
        };
    }
}
