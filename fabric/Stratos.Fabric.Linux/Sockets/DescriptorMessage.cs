namespace Stratos.Fabric.Linux;

/// <summary>Bytes with descriptors as one message to or from the kernel (SCM_RIGHTS).</summary>
internal static unsafe class DescriptorMessage
{
    private const int SocketLevel = 1;                  // SOL_SOCKET
    private const int Rights = 1;                       // SCM_RIGHTS
    private const int ControlTruncated = 8;             // MSG_CTRUNC
    private const int DontWait = 0x40;                  // MSG_DONTWAIT
    private const int NoSignal = 0x4000;                // MSG_NOSIGNAL
    private const int ReceiveCloseOnExec = 0x40000000;  // MSG_CMSG_CLOEXEC
    private static readonly int s_headerSize = sizeof(ControlHeader);

    internal static IoResult Send(FileDescriptor socket, ReadOnlySpan<byte> buffer, ReadOnlySpan<int> descriptors, bool waits)
    {
        if (descriptors.Length > UnixStream.MaxDescriptors) { return IoResult.Failure(Errno.EINVAL); }
        int space = Align(s_headerSize + (descriptors.Length * sizeof(int)));
        byte* control = stackalloc byte[space];
        fixed (byte* data = buffer)
        {
            IoVector vector = new((nint)data, (nuint)buffer.Length);
            MessageHeader message = default;
            message.Vectors = &vector;
            message.VectorCount = 1;
            if (!descriptors.IsEmpty)
            {
                ControlHeader* header = (ControlHeader*)control;
                header->Length = (nuint)(s_headerSize + (descriptors.Length * sizeof(int)));
                header->Level = SocketLevel;
                header->Type = Rights;
                descriptors.CopyTo(new Span<int>(control + s_headerSize, descriptors.Length));
                message.Control = control;
                message.ControlLength = (nuint)space;
            }
            return Interruptible.SendMessage(socket, &message, waits ? NoSignal : NoSignal | DontWait);
        }
    }

    internal static IoResult Receive(FileDescriptor socket, Span<byte> buffer, Span<int> descriptors, bool waits, out int count, out bool truncated)
    {
        // Exactly this many fit: with the usual rounding up to eight bytes the kernel would find room for one more.
        int room = Math.Min(descriptors.Length, UnixStream.MaxDescriptors);
        int space = room == 0 ? 0 : s_headerSize + (room * sizeof(int));
        byte* control = stackalloc byte[Align(space)];
        IoResult result;
        fixed (byte* data = buffer)
        {
            IoVector vector = new((nint)data, (nuint)buffer.Length);
            MessageHeader message = default;
            message.Vectors = &vector;
            message.VectorCount = 1;
            message.Control = room == 0 ? null : control;
            message.ControlLength = (nuint)space;
            result = Interruptible.ReceiveMessage(socket, &message, waits ? ReceiveCloseOnExec : ReceiveCloseOnExec | DontWait);
            truncated = result.IsSuccess && (message.Flags & ControlTruncated) != 0;
            count = result.IsSuccess ? Collect(control, (int)message.ControlLength, descriptors) : 0;
        }
        if (truncated)
        {
            foreach (int number in descriptors[..count]) { _ = Libc.Close(number); }
            count = 0;
        }
        return result;
    }

    /// <summary>Takes the descriptors out of what the kernel wrote; other kinds of control data are passed over.</summary>
    private static int Collect(byte* control, int length, Span<int> descriptors)
    {
        int count = 0;
        int position = 0;
        while (length - position >= s_headerSize)
        {
            ControlHeader* header = (ControlHeader*)(control + position);
            int size = (int)Math.Min(header->Length, (nuint)(length - position));
            if (size < s_headerSize) { break; }
            if (header->Level == SocketLevel && header->Type == Rights)
            {
                ReadOnlySpan<int> numbers = new(control + position + s_headerSize, (size - s_headerSize) / sizeof(int));
                numbers.CopyTo(descriptors[count..]);
                count += numbers.Length;
            }
            position += Align(size);
        }
        return count;
    }

    private static int Align(int size) => (size + 7) & ~7;
}
