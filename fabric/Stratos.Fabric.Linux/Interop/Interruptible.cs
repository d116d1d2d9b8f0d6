namespace Stratos.Fabric.Linux;

/// <summary>The calls that a signal can interrupt, and the one place that starts them again.</summary>
/// <remarks>Each captures errno at once and allocates nothing. Calls with a timeout keep their deadline.</remarks>
internal static unsafe class Interruptible
{
    internal static IoResult Open(string path, int flags, uint mode)
    {
        IoResult result;
        do { result = IoResult.Capture(Libc.Open(path, flags, mode)); } while (result.IsInterrupted);
        return result;
    }

    internal static IoResult Lock(FileDescriptor descriptor, int operation)
    {
        IoResult result;
        do { result = IoResult.Capture(Libc.Lock(descriptor, operation)); } while (result.IsInterrupted);
        return result;
    }

    internal static IoResult Read(FileDescriptor descriptor, Span<byte> buffer)
    {
        IoResult result;
        fixed (byte* pointer = buffer)
        {
            do { result = IoResult.Capture(Libc.Read(descriptor, pointer, (nuint)buffer.Length)); } while (result.IsInterrupted);
        }
        return result;
    }

    internal static IoResult Write(FileDescriptor descriptor, ReadOnlySpan<byte> buffer)
    {
        IoResult result;
        fixed (byte* pointer = buffer)
        {
            do { result = IoResult.Capture(Libc.Write(descriptor, pointer, (nuint)buffer.Length)); } while (result.IsInterrupted);
        }
        return result;
    }

    internal static IoResult ReadAt(FileDescriptor descriptor, Span<byte> buffer, long offset)
    {
        IoResult result;
        fixed (byte* pointer = buffer)
        {
            do { result = IoResult.Capture(Libc.ReadAt(descriptor, pointer, (nuint)buffer.Length, offset)); } while (result.IsInterrupted);
        }
        return result;
    }

    internal static IoResult WriteAt(FileDescriptor descriptor, ReadOnlySpan<byte> buffer, long offset)
    {
        IoResult result;
        fixed (byte* pointer = buffer)
        {
            do { result = IoResult.Capture(Libc.WriteAt(descriptor, pointer, (nuint)buffer.Length, offset)); } while (result.IsInterrupted);
        }
        return result;
    }

    internal static IoResult ReadVector(FileDescriptor descriptor, IoVector* vectors, int count, long offset, int flags)
    {
        IoResult result;
        do { result = IoResult.Capture(Libc.ReadVector(descriptor, vectors, count, offset, flags)); } while (result.IsInterrupted);
        return result;
    }

    internal static IoResult WriteVector(FileDescriptor descriptor, IoVector* vectors, int count, long offset, int flags)
    {
        IoResult result;
        do { result = IoResult.Capture(Libc.WriteVector(descriptor, vectors, count, offset, flags)); } while (result.IsInterrupted);
        return result;
    }

    internal static IoResult DataSync(FileDescriptor descriptor)
    {
        IoResult result;
        do { result = IoResult.Capture(Libc.DataSync(descriptor)); } while (result.IsInterrupted);
        return result;
    }

    internal static IoResult Sync(FileDescriptor descriptor)
    {
        IoResult result;
        do { result = IoResult.Capture(Libc.Sync(descriptor)); } while (result.IsInterrupted);
        return result;
    }

    internal static IoResult Allocate(FileDescriptor descriptor, int mode, long offset, long length)
    {
        IoResult result;
        do { result = IoResult.Capture(Libc.Allocate(descriptor, mode, offset, length)); } while (result.IsInterrupted);
        return result;
    }

    internal static IoResult Truncate(FileDescriptor descriptor, long length)
    {
        IoResult result;
        do { result = IoResult.Capture(Libc.Truncate(descriptor, length)); } while (result.IsInterrupted);
        return result;
    }

    internal static IoResult Accept(FileDescriptor socket, int flags)
    {
        IoResult result;
        do { result = IoResult.Capture(Libc.Accept(socket, null, null, flags)); } while (result.IsInterrupted);
        return result;
    }

    /// <remarks>A Unix connect that was interrupted has not happened, so it may be repeated.</remarks>
    internal static IoResult Connect(FileDescriptor socket, UnixAddress* address, uint length)
    {
        IoResult result;
        do { result = IoResult.Capture(Libc.Connect(socket, address, length)); } while (result.IsInterrupted);
        return result;
    }

    internal static IoResult SendMessage(FileDescriptor socket, MessageHeader* message, int flags)
    {
        IoResult result;
        do { result = IoResult.Capture(Libc.SendMessage(socket, message, flags)); } while (result.IsInterrupted);
        return result;
    }

    internal static IoResult ReceiveMessage(FileDescriptor socket, MessageHeader* message, int flags)
    {
        IoResult result;
        do { result = IoResult.Capture(Libc.ReceiveMessage(socket, message, flags)); } while (result.IsInterrupted);
        return result;
    }

    internal static IoResult WaitFor(int kind, int id, ChildStatus* status, int options)
    {
        IoResult result;
        do { result = IoResult.Capture(Libc.WaitFor(kind, id, status, options)); } while (result.IsInterrupted);
        return result;
    }

    internal static IoResult Poll(PollEntry* entries, int count, Deadline deadline)
    {
        IoResult result;
        do
        {
            TimeSpecification remaining = TimeSpecification.From(deadline.Remaining);
            TimeSpecification* timeout = deadline.IsNever ? null : &remaining;
            result = IoResult.Capture(Libc.Poll(entries, (nuint)count, timeout, null));
        }
        while (result.IsInterrupted);
        return result;
    }

    internal static IoResult PollerWait(FileDescriptor poller, void* events, int count, Deadline deadline)
    {
        IoResult result;
        do { result = IoResult.Capture(Libc.PollerWait(poller, events, count, deadline.RemainingMilliseconds)); } while (result.IsInterrupted);
        return result;
    }
}
