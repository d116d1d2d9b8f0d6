using System.Runtime.InteropServices;

namespace Stratos.Fabric.Linux;

/// <summary>Waits for many descriptors (epoll).</summary>
/// <remarks>
/// Any thread may add, modify and remove while another waits. Waiting allocates nothing.
/// Remove a descriptor before it is closed: the kernel watches the open file, so one that a peer still shares
/// (an eventfd, a socket that was passed) would be reported for ever, and could no longer be removed.
/// </remarks>
public sealed unsafe class Poller : IDisposable
{
    private const int CloseOnExec = 0x80000;
    private const int MaxBatch = 64;
    private const int AddOperation = 1;
    private const int RemoveOperation = 2;
    private const int ModifyOperation = 3;

    // struct epoll_event { u32 events; u64 data; } is packed on x86-64 and nowhere else.
    private static readonly int TokenOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;

    private readonly FileDescriptor _descriptor;

    /// <summary>Makes a poller that watches nothing.</summary>
    /// <exception cref="LinuxException">No descriptor is left.</exception>
    public Poller() =>
        _descriptor = new FileDescriptor((int)IoResult.Capture(Libc.PollerCreate(CloseOnExec)).OrThrow("epoll_create1"));

    private static int EntrySize => TokenOffset + sizeof(ulong);

    /// <summary>Starts watching a descriptor.</summary>
    /// <param name="descriptor">The descriptor; it must be one that can wait (not a regular file).</param>
    /// <param name="events">What to wait for.</param>
    /// <param name="token">A number that comes back with each event.</param>
    /// <exception cref="LinuxException">It is watched already (<see cref="Errno.EEXIST"/>), or cannot be (<see cref="Errno.EPERM"/>).</exception>
    public void Add(FileDescriptor descriptor, PollEvents events, ulong token) => Control(AddOperation, descriptor, events, token);

    /// <summary>Changes what is waited for; rearms <see cref="PollEvents.OneShot"/>.</summary>
    /// <param name="descriptor">A watched descriptor.</param>
    /// <param name="events">What to wait for.</param>
    /// <param name="token">A number that comes back with each event.</param>
    /// <exception cref="LinuxException">It is not watched (<see cref="Errno.ENOENT"/>).</exception>
    public void Modify(FileDescriptor descriptor, PollEvents events, ulong token) => Control(ModifyOperation, descriptor, events, token);

    /// <summary>Stops watching a descriptor. Events that a waiter has already taken may still name it.</summary>
    /// <param name="descriptor">A watched descriptor, still open.</param>
    /// <exception cref="LinuxException">It is not watched (<see cref="Errno.ENOENT"/>).</exception>
    public void Remove(FileDescriptor descriptor) => Control(RemoveOperation, descriptor, PollEvents.None, 0);

    /// <summary>Waits for events.</summary>
    /// <param name="results">Where they go; at most 64 are taken at once, the rest by the next call.</param>
    /// <param name="timeout">How long at most, rounded up to milliseconds; zero looks and returns; <see cref="Timeout.InfiniteTimeSpan"/> has no limit.</param>
    /// <returns>How many results were written; 0 after the timeout.</returns>
    /// <exception cref="ArgumentException">There is no room for a result.</exception>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public int Wait(Span<PollResult> results, TimeSpan timeout)
    {
        if (results.IsEmpty) { throw new ArgumentException("There must be room for a result.", nameof(results)); }
        int size = EntrySize;
        int capacity = Math.Min(results.Length, MaxBatch);
        byte* buffer = stackalloc byte[capacity * size];
        int count = (int)Interruptible.PollerWait(_descriptor, buffer, capacity, Deadline.In(timeout)).OrThrow("epoll_wait");
        for (int i = 0; i < count; i++)
        {
            byte* entry = buffer + (i * size);
            results[i] = new PollResult(*(ulong*)(entry + TokenOffset), (PollEvents)(*(uint*)entry));
        }
        return count;
    }

    /// <summary>Waits for events.</summary>
    /// <param name="results">Where they go; at most 64 are taken at once, the rest by the next call.</param>
    /// <param name="timeoutMilliseconds">How long at most; negative has no limit.</param>
    /// <returns>How many results were written; 0 after the timeout.</returns>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public int Wait(Span<PollResult> results, int timeoutMilliseconds) => Wait(results, Deadline.FromMilliseconds(timeoutMilliseconds));

    /// <summary>Stops watching everything. A thread that waits keeps waiting for its timeout: wake it first.</summary>
    public void Dispose() => _descriptor.Dispose();

    private void Control(int operation, FileDescriptor descriptor, PollEvents events, ulong token)
    {
        byte* change = stackalloc byte[16];
        *(uint*)change = (uint)events;
        *(ulong*)(change + TokenOffset) = token;
        IoResult.Capture(Libc.PollerControl(_descriptor, operation, descriptor, change)).OrThrow("epoll_ctl");
    }
}
