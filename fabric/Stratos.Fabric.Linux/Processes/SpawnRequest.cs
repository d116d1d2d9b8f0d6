using System.Runtime.InteropServices;

namespace Stratos.Fabric.Linux;

/// <summary>One call of posix_spawn: its native memory, from building to release.</summary>
/// <remarks>
/// posix_spawn and not fork: between fork and exec only async-signal-safe code may run, and managed code never is.
/// The C library does it with vfork semantics, so a large heap costs nothing and errors of exec come back here.
/// </remarks>
internal sealed unsafe class SpawnRequest : IDisposable
{
    private const int ObjectSpace = 1024;          // posix_spawn_file_actions_t is 80 bytes, posix_spawnattr_t 336
    private const int SignalSetSpace = 128;        // sigset_t
    private const short SetProcessGroup = 2;       // POSIX_SPAWN_SETPGROUP
    private const short SetDefaultSignals = 4;     // POSIX_SPAWN_SETSIGDEF
    private const short SetSignalMask = 8;         // POSIX_SPAWN_SETSIGMASK
    private const int LowestTemporary = 1 << 8;
    private const int CloseRangeCall = 436;        // close_range; the same on every architecture
    private const int MarkCloseOnExec = 4;         // CLOSE_RANGE_CLOEXEC, since Linux 5.11

    private readonly void* _actions = NativeMemory.AllocZeroed(ObjectSpace);
    private readonly void* _attributes = NativeMemory.AllocZeroed(ObjectSpace);
    private readonly List<FileDescriptor> _temporaries = [];

    private SpawnRequest()
    {
        Check(Libc.SpawnActionsInitialize(_actions), "posix_spawn_file_actions_init");
        Check(Libc.SpawnAttributesInitialize(_attributes), "posix_spawnattr_init");
    }

    public void Dispose()
    {
        foreach (FileDescriptor temporary in _temporaries) { temporary.Dispose(); }
        _ = Libc.SpawnActionsDestroy(_actions);
        _ = Libc.SpawnAttributesDestroy(_attributes);
        NativeMemory.Free(_actions);
        NativeMemory.Free(_attributes);
    }

    /// <returns>The child's number.</returns>
    internal static int Run(ChildOptions options)
    {
        using SpawnRequest request = new();
        request.Configure(options);
        // What this process itself was started with, and never opened, must not travel on.
        _ = Libc.SystemCall(CloseRangeCall, 3, int.MaxValue, MarkCloseOnExec, 0);
        using NativeStrings arguments = new([options.Program, .. options.Arguments]);
        using NativeStrings environment = new(EnvironmentOf(options));
        int process;
        int error = options.Program.Contains('/', StringComparison.Ordinal)
            ? Libc.Spawn(&process, options.Program, request._actions, request._attributes, arguments.Pointer, environment.Pointer)
            : Libc.SpawnFromPath(&process, options.Program, request._actions, request._attributes, arguments.Pointer, environment.Pointer);
        Check(error, "posix_spawn", options.Program);
        return process;
    }

    private static IEnumerable<string> EnvironmentOf(ChildOptions options)
    {
        if (options.Environment is { } given) { return given.Select(pair => $"{pair.Key}={pair.Value}"); }
        return System.Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().Select(entry => $"{entry.Key}={entry.Value}");
    }

    private static void Check(int error, string operation, string? target = null)
    {
        if (error != 0) { throw new LinuxException(operation, (Errno)error, target); }
    }

    private void Configure(ChildOptions options)
    {
        // The runtime ignores SIGPIPE and may block signals; a child must not inherit that.
        byte* signals = stackalloc byte[SignalSetSpace];
        new Span<byte>(signals, SignalSetSpace).Clear();
        Check(Libc.SpawnAttributesSignalMask(_attributes, signals), "posix_spawnattr_setsigmask");
        new Span<byte>(signals, sizeof(ulong)).Fill(0xFF);
        Check(Libc.SpawnAttributesDefaultSignals(_attributes, signals), "posix_spawnattr_setsigdefault");
        int flags = SetDefaultSignals | SetSignalMask | (options.NewProcessGroup ? SetProcessGroup : 0);
        Check(Libc.SpawnAttributesFlags(_attributes, (short)flags), "posix_spawnattr_setflags");
        Redirect(1, options.StandardOutput);
        Redirect(2, options.StandardError);
        Inherit(options.Descriptors);
    }

    private void Redirect(int number, string? path)
    {
        if (path is null) { return; }
        int flags = (OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Append).ToNative() & ~OpenFlagsExtensions.CloseOnExec;
        Check(Libc.SpawnActionsOpen(_actions, number, path, flags, 0x1A4), "posix_spawn_file_actions_addopen", path);
    }

    private void Inherit(IReadOnlyList<InheritedDescriptor> descriptors)
    {
        // Wanted numbers may be in use by other sources: everything is first moved above all of them.
        int lowest = Math.Max(LowestTemporary, descriptors.Select(inherited => inherited.Number + 1).DefaultIfEmpty().Max());
        foreach ((FileDescriptor descriptor, int number) in descriptors)
        {
            FileDescriptor temporary = descriptor.DuplicateAbove(lowest);
            _temporaries.Add(temporary);
            Check(Libc.SpawnActionsDuplicate(_actions, temporary.Number, number), "posix_spawn_file_actions_adddup2");
        }
    }
}
