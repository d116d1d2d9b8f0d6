using System.Runtime.InteropServices;

namespace Stratos.Fabric.Linux;

// The kernel's and glibc's structures. Sizes and offsets are equal on x86-64 and arm64, except for epoll_event (see Poller);
// the tests hold each of them to numbers printed by a C compiler for both.

/// <summary>struct timespec.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct TimeSpecification(long Seconds, long Nanoseconds)
{
    internal static TimeSpecification From(TimeSpan span) =>
        new(span.Ticks / TimeSpan.TicksPerSecond, span.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick);
}

/// <summary>struct itimerspec.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct TimerSpecification(TimeSpecification Interval, TimeSpecification Value);

/// <summary>struct statx. Used because, unlike struct stat, it is the same on every architecture.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct NativeStatus
{
    [FieldOffset(4)] internal uint BlockSize;
    [FieldOffset(20)] internal uint UserId;
    [FieldOffset(24)] internal uint GroupId;
    [FieldOffset(28)] internal ushort Mode;
    [FieldOffset(32)] internal ulong Inode;
    [FieldOffset(40)] internal ulong Size;
    [FieldOffset(48)] internal ulong Blocks;
    [FieldOffset(136)] internal uint DeviceMajor;
    [FieldOffset(140)] internal uint DeviceMinor;
}

/// <summary>struct sockaddr_un.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct UnixAddress
{
    internal ushort Family;
    internal fixed byte Path[108];
}

/// <summary>struct msghdr.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MessageHeader
{
    internal void* Name;
    internal ulong NameLength;
    internal IoVector* Vectors;
    internal nuint VectorCount;
    internal byte* Control;
    internal nuint ControlLength;
    internal int Flags;
}

/// <summary>struct cmsghdr.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ControlHeader
{
    internal nuint Length;
    internal int Level;
    internal int Type;
}

/// <summary>struct ucred.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PeerCredentials
{
    internal int ProcessId;
    internal uint UserId;
    internal uint GroupId;
}

/// <summary>The part of siginfo_t that waitid fills in.</summary>
[StructLayout(LayoutKind.Explicit, Size = 128)]
internal struct ChildStatus
{
    [FieldOffset(8)] internal int Code;
    [FieldOffset(16)] internal int ProcessId;
    [FieldOffset(24)] internal int Status;
}

/// <summary>struct sigaction as the C library has it (the kernel's own is shorter).</summary>
[StructLayout(LayoutKind.Explicit, Size = 152)]
internal struct SignalHandling
{
    [FieldOffset(0)] internal nint Handler;
    [FieldOffset(136)] internal int Flags;
}
