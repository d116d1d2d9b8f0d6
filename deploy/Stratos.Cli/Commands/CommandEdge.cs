using Stratos.Actors.Settings;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Lab;

namespace Stratos.Cli.Commands;

/// <summary>The edge of the program, where failures become a line for the reader and an exit code.</summary>
internal static class CommandEdge
{
    /// <summary>The command line or a file that it names is wrong (EX_USAGE of sysexits).</summary>
    public const int Usage = 64;

    /// <summary>The machine refused something (EX_OSERR of sysexits).</summary>
    public const int System = 71;

    /// <summary>Runs a command; a failure that its user can mend is told without a stack trace.</summary>
    public static async Task<int> RunAsync(Func<Task<int>> command)
    {
        try
        {
            return await command().ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is ArgumentException or FabricSettingsException)
        {
            return Say(failure, Usage);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or DeviceOperationException or TimeoutException or LabUnavailableException or GuestException)
        {
            return Say(failure, System);
        }
    }

    private static int Say(Exception failure, int code)
    {
        Console.Error.WriteLine($"stratos: {failure.Message}");
        return code;
    }
}
