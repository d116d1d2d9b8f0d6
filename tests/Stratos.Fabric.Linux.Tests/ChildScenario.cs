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

    internal static ChildProcess Start(string scenario, string? errors = null)
    {
        Dictionary<string, string> environment = new()
        {
            [Variable] = scenario,
            [ParentVariable] = Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["DOTNET_DbgEnableMiniDump"] = "0",
        };
        if (Environment.GetEnvironmentVariable("DOTNET_ROOT") is { } root) { environment["DOTNET_ROOT"] = root; }
        return ChildProcess.Spawn(new ChildOptions
        {
            Program = Path.Combine(AppContext.BaseDirectory, "Stratos.Fabric.Linux.Tests"),
            Environment = environment,
            StandardError = errors,
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
            default: Environment.Exit(1); break;
        }
        Environment.Exit(Survived);
    }

    private static void TouchCutFile(bool guarded)
    {
        MemoryFaultGuard.Install();
        using MemoryFile file = MemoryFile.Create("cut", 4096, seal: false);
        using Mapping mapping = Mapping.Create(file, "cut", PageRange.Around(0, 4096, 4096), MemoryAccess.ReadWrite, guarded);
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
        bool alive = CurrentProcess.EndWithParent(int.Parse(Environment.GetEnvironmentVariable(ParentVariable)!, System.Globalization.CultureInfo.InvariantCulture));
        Environment.Exit(alive ? Survived : 1);
    }
}
