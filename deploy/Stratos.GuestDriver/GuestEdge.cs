using System.Security.Cryptography;
using Stratos.Fabric.Devices.Rpmb.Client;

namespace Stratos.GuestDriver;

/// <summary>Where failures become a line of text and an exit code. 1: the device answered another thing than was asked for. 2: it could not be driven.</summary>
internal static class GuestEdge
{
    public static int Run(Func<int> command)
    {
        try
        {
            return command();
        }
        catch (Exception failure) when (failure is IOException or ArgumentException or FormatException or UnauthorizedAccessException or RpmbForgeryException or TimeoutException or CryptographicException)
        {
            Console.Error.WriteLine($"stratos-driver: {failure.Message}");
            return failure is RpmbForgeryException ? 1 : 2;
        }
    }
}
