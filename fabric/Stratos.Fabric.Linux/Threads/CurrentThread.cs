using System.Text;

namespace Stratos.Fabric.Linux;

/// <summary>The calling operating-system thread's name, processors and scheduling.</summary>
/// <remarks>
/// Errors are values, as a thread without the privilege still has to work. Only for threads that the caller owns:
/// on a thread of the pool the settings would outlive the work.
/// </remarks>
public static unsafe class CurrentThread
{
    private const int SetNameOption = 15;   // PR_SET_NAME
    private const int MaxNameBytes = 15;
    private const int MaskWords = 16;

    /// <summary>The highest processor number that <see cref="SetAffinity"/> knows.</summary>
    public const int MaxProcessor = (MaskWords * 64) - 1;

    /// <summary>The kernel's number of this thread.</summary>
    public static int Id => Libc.ThreadId();

    /// <summary>Names the thread for tools such as top. Longer names are cut to 15 bytes of UTF-8 between characters.</summary>
    /// <param name="name">The name.</param>
    /// <returns><see cref="Errno.None"/>, or the error.</returns>
    public static Errno SetName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        Span<byte> buffer = stackalloc byte[MaxNameBytes + 1];
        buffer.Clear();
        Encoding.UTF8.GetEncoder().Convert(name, buffer[..MaxNameBytes], flush: true, out _, out _, out _);
        fixed (byte* pointer = buffer)
        {
            return IoResult.Capture(Libc.ProcessControl(SetNameOption, (nint)pointer, 0, 0, 0)).Error;
        }
    }

    /// <summary>Confines the thread to some processors.</summary>
    /// <param name="processors">Their numbers, 0 to <see cref="MaxProcessor"/>; at least one that is there.</param>
    /// <returns><see cref="Errno.None"/>; <see cref="Errno.EINVAL"/> if none of them may be used.</returns>
    public static Errno SetAffinity(params ReadOnlySpan<int> processors)
    {
        ulong* mask = stackalloc ulong[MaskWords];
        new Span<ulong>(mask, MaskWords).Clear();
        foreach (int processor in processors)
        {
            if ((uint)processor > MaxProcessor) { return Errno.EINVAL; }
            mask[processor / 64] |= 1UL << (processor % 64);
        }
        return IoResult.Capture(Libc.SetAffinity(0, MaskWords * sizeof(ulong), mask)).Error;
    }

    /// <summary>The processors that the thread may run on, ascending; empty if the kernel refused to tell.</summary>
    public static IReadOnlyList<int> GetAffinity()
    {
        ulong* mask = stackalloc ulong[MaskWords];
        new Span<ulong>(mask, MaskWords).Clear();
        List<int> processors = [];
        if (Libc.GetAffinity(0, MaskWords * sizeof(ulong), mask) < 0) { return processors; }
        for (int processor = 0; processor <= MaxProcessor; processor++)
        {
            if ((mask[processor / 64] >> (processor % 64) & 1) != 0) { processors.Add(processor); }
        }
        return processors;
    }

    /// <summary>Sets the scheduling class and the priority in it.</summary>
    /// <param name="schedulingClass">The class.</param>
    /// <param name="priority">1 to 99 for the real-time classes (higher goes first), 0 for the others.</param>
    /// <returns><see cref="Errno.None"/>; <see cref="Errno.EPERM"/> without the privilege; <see cref="Errno.EINVAL"/>.</returns>
    public static Errno SetScheduling(SchedulingClass schedulingClass, int priority = 0) =>
        IoResult.Capture(Libc.SetScheduler(0, (int)schedulingClass, &priority)).Error;

    /// <summary>Reads the scheduling class and the priority in it.</summary>
    /// <param name="schedulingClass">The class.</param>
    /// <param name="priority">1 to 99 for the real-time classes, 0 for the others.</param>
    /// <returns><see cref="Errno.None"/>, or the error.</returns>
    public static Errno GetScheduling(out SchedulingClass schedulingClass, out int priority)
    {
        const int ResetOnFork = 0x40000000;
        int value = 0;
        IoResult policy = IoResult.Capture(Libc.GetScheduler(0));
        Errno error = policy.IsSuccess ? IoResult.Capture(Libc.GetSchedulerPriority(0, &value)).Error : policy.Error;
        schedulingClass = (SchedulingClass)(policy.Bytes & ~ResetOnFork);
        priority = value;
        return error;
    }

    /// <summary>Sets the thread's weight among fairly shared threads.</summary>
    /// <param name="nice">-20 (most) to 19 (least).</param>
    /// <returns><see cref="Errno.None"/>; <see cref="Errno.EACCES"/> without the privilege.</returns>
    public static Errno SetNice(int nice) => IoResult.Capture(Libc.SetPriority(0, 0, nice)).Error;
}
