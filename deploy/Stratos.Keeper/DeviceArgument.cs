using System.CommandLine.Parsing;
using System.Text;
using Stratos.Transports.Keeper.Shell;
using Stratos.Transports.VhostUser.Protocol.Keeper;

namespace Stratos.Keeper;

/// <summary>Reads <c>NAME=SOCKET[,connect]</c>.</summary>
internal static class DeviceArgument
{
    public static KeeperDevice[] Parse(ArgumentResult result)
    {
        var devices = new List<KeeperDevice>();
        foreach (var token in result.Tokens)
        {
            if (Read(token.Value, out var device) is { } fault) result.AddError($"--device {token.Value}: {fault}");
            else if (devices.Exists(other => other.Name == device!.Name)) result.AddError($"--device {token.Value}: device '{device!.Name}' is given twice");
            else devices.Add(device!);
        }
        return [.. devices];
    }

    private static string? Read(string text, out KeeperDevice? device)
    {
        device = null;
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0) return "NAME=SOCKET is expected";
        var name = text[..equals];
        if (Encoding.UTF8.GetByteCount(name) > KeeperHello.NameLength) return $"a name has at most {KeeperHello.NameLength} bytes";
        var rest = text[(equals + 1)..];
        var comma = rest.LastIndexOf(',');
        var option = comma < 0 ? "" : rest[(comma + 1)..];
        if (comma >= 0 && option != "connect") return $"'{option}' is not an option; 'connect' is the only one";
        var path = comma < 0 ? rest : rest[..comma];
        if (path.Length == 0) return "the socket's path is missing";
        device = new(name, path, comma >= 0);
        return null;
    }
}
