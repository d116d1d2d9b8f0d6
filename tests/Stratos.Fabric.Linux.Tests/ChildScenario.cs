using System.Runtime.CompilerServices;

namespace Stratos.Fabric.Linux.Tests;

/// <summary>What this very program does instead of testing when it is started as a child: things that end a process.</summary>
internal static class ChildScenario
{
    internal const int Survived = 42;
    internal const string UnguardedFault = "unguarded-fault";
    internal const string GuardedFault = "guarded-fault";
    internal const string SentSignal = "sent-signal";
    internal const string SentSignalWithGuard = "sent-signal-with-guard";
    internal const string EndWithParent = "end-with-parent";
    private const string Variable = "STRATOS_TEST_SCENARIO";
    private const string ParentVariable = "STRATOS_TEST_PARENT";

    internal const string HoldChild = "hold-child";
    internal const string Connect = "connect";
    internal const string PathVariable = "STRATOS_TEST_PATH";
    private const int Line = 3;

    internal static ChildProcess Start(string scenario, string? errors = null, UnixStream? line = null, string? path = null)
    {
        Dictionary<string, string> environment = new()
        {
            [Variable] = scenario,
            [ParentVariable] = Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["DOTNET_DbgEnableMiniDump"] = "0",
        };
        if (path is not null) { environment[PathVariable] = path; }
        if (Environment.GetEnvironmentVariable("DOTNET_ROOT") is { } root) { environment["DOTNET_ROOT"] = root; }
        return ChildProcess.Spawn(new ChildOptions
        {
            Program = Path.Combine(AppContext.BaseDirectory, "Stratos.Fabric.Linux.Tests"),
            Environment = environment,
            StandardError = errors,
            Descriptors = line is null ? [] : [new InheritedDescriptor(line.Descriptor, Line)],
        });
    }

    [ModuleInitializer]
    internal static void Run()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { } scenario) { return; }
        switch (scenario)
        {
            case UnguardedFault: TouchCutFile(guarded: false); break;
            case GuardedFault: TouchCutFile(guarded: true); break;
            case SentSignal: SendBusError(); break;
            case SentSignalWithGuard: MemoryFaultGuard.Install(); SendBusError(); break;
            case EndWithParent: FollowParent(); break;
            case HoldChild: HoldFollower(); break;
            case Connect: ConnectAndWait(); break;
            default: Environment.Exit(1); break;
        }
        Environment.Exit(Survived);
    }

    private static void TouchCutFile(bool guarded)
    {
        MemoryFaultGuard.Install();
        using MemoryFile file = MemoryFile.Create("cut", 4096, seal: false);
        using Mapping mapping = Mapping.Create(file.Descriptor, "cut", PageRange.Around(0, 4096, 4096), MemoryAccess.ReadWrite, guarded);
        file.SetLength(0);
        mapping.Span[0] = 1;
    }

    private static void SendBusError()
    {
        using ProcessHandle self = ProcessHandle.Open(Environment.ProcessId);
        self.Signal(7);
    }

    private static void FollowParent()
    {
        int parent = int.Parse(Environment.GetEnvironmentVariable(ParentVariable)!, System.Globalization.CultureInfo.InvariantCulture);
        if (!CurrentProcess.EndWithParent(parent)) { Environment.Exit(1); }
        using UnixStream line = UnixStream.FromDescriptor(FileDescriptor.FromRaw(Line));
        line.Send([1]);
        line.Receive(new byte[1], out _);
    }

    private static void HoldFollower()
    {
        using UnixStream line = UnixStream.FromDescriptor(FileDescriptor.FromRaw(Line));
        using ChildProcess follower = Start(EndWithParent, line: line);
        follower.Reap();
    }

    private static void ConnectAndWait()
    {
        using UnixStream stream = UnixStream.Connect(Environment.GetEnvironmentVariable(PathVariable)!);
        stream.Receive(new byte[1], out _);
    }
}
