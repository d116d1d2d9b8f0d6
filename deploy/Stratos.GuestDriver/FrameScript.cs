using System.Globalization;
using Stratos.Fabric.Devices.Rpmb;
using Stratos.Fabric.Devices.Rpmb.Client;

namespace Stratos.GuestDriver;

/// <summary>Sends requests as they stand in a text, and prints the responses: how two devices are compared frame by frame.</summary>
internal static class FrameScript
{
    /// <summary>Runs a script.</summary>
    /// <param name="lines">Each line is a request: the number of response frames that there is room for, a space, the request's frames in hexadecimal digits. Empty lines are left out.</param>
    /// <param name="channel">The device.</param>
    /// <param name="output">Gets one line a request: the response's frames in hexadecimal digits.</param>
    /// <exception cref="FormatException">A line is no request.</exception>
    public static void Run(IEnumerable<string> lines, IRpmbChannel channel, TextWriter output)
    {
        foreach (string line in lines)
        {
            if (line.Length == 0) { continue; }
            (int room, byte[] request) = Parse(line);
            byte[] response = new byte[room * RpmbFrame.Length];
            int length = channel.Exchange(request, response);
            output.WriteLine(Convert.ToHexString(response.AsSpan(0, length)));
        }
    }

    private static (int Room, byte[] Request) Parse(string line)
    {
        int space = line.IndexOf(' ', StringComparison.Ordinal);
        if (space < 1 || !int.TryParse(line.AsSpan(0, space), NumberStyles.None, CultureInfo.InvariantCulture, out int room) || room > 64)
        {
            throw new FormatException($"'{(line.Length > 20 ? line[..20] : line)}...' is no request. Write the response frames that there is room for (0 to 64), a space, and frames in hexadecimal digits.");
        }
        return (room, Convert.FromHexString(line.AsSpan(space + 1)));
    }
}
