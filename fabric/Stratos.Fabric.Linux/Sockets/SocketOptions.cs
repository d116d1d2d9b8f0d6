namespace Stratos.Fabric.Linux;

/// <summary>What a socket says about itself and its peer.</summary>
internal static unsafe class SocketOptions
{
    private const int SocketLevel = 1;         // SOL_SOCKET
    private const int TypeOption = 3;          // SO_TYPE
    private const int PeerOption = 17;         // SO_PEERCRED
    private const int ListeningOption = 30;    // SO_ACCEPTCONN
    private const int DomainOption = 39;       // SO_DOMAIN
    private const int PeerHandleOption = 77;   // SO_PEERPIDFD, since Linux 6.5

    /// <exception cref="LinuxException">It is something else.</exception>
    internal static void RequireUnixStream(FileDescriptor socket, bool listening)
    {
        bool fits = Get(socket, DomainOption) == UnixSocketAddress.Family
            && Get(socket, TypeOption) == UnixSocketAddress.Stream
            && Get(socket, ListeningOption) == (listening ? 1 : 0);
        if (!fits) { throw new LinuxException("use as Unix stream", Errno.EPROTOTYPE, socket.DescribeTarget()); }
    }

    internal static PeerCredentials GetPeer(FileDescriptor socket)
    {
        PeerCredentials peer;
        uint length = (uint)sizeof(PeerCredentials);
        IoResult.Capture(Libc.GetOption(socket, SocketLevel, PeerOption, &peer, &length)).OrThrow("getsockopt(SO_PEERCRED)");
        return peer;
    }

    /// <returns>A process descriptor's number, or the error.</returns>
    internal static IoResult GetPeerHandle(FileDescriptor socket)
    {
        int number;
        uint length = sizeof(int);
        IoResult result = IoResult.Capture(Libc.GetOption(socket, SocketLevel, PeerHandleOption, &number, &length));
        return result.IsSuccess ? IoResult.Success(number) : result;
    }

    private static int Get(FileDescriptor socket, int option)
    {
        int value = 0;
        uint length = sizeof(int);
        IoResult.Capture(Libc.GetOption(socket, SocketLevel, option, &value, &length)).OrThrow("getsockopt", socket.DescribeTarget());
        return value;
    }
}
