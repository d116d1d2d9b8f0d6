using System.Net.Sockets;

namespace Stratos.Lab;

/// <summary>A Unix socket on which the lab listens for QEMU.</summary>
internal static class UnixListener
{
    public static Socket Open(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(new UnixDomainSocketEndPoint(path));
            socket.Listen(1);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
