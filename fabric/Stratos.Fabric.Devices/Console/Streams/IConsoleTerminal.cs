using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Devices.Console.Streams;

/// <summary>What a console stream's host shows the bytes on: a pseudo-terminal, standard input and output, a pair of pipes. One thread at a time.</summary>
public interface IConsoleTerminal : IDisposable
{
    /// <summary>Where input is waited for; null when no more will come.</summary>
    FileDescriptor? Input { get; }

    /// <summary>Where room for output is waited for.</summary>
    FileDescriptor Output { get; }

    /// <summary>Whether somebody is there. Output for nobody is thrown away, as a cable that is not plugged in does.</summary>
    bool IsPresent { get; }

    /// <summary>Whether the user asked to leave.</summary>
    bool IsEnded { get; }

    /// <summary>The size in characters; null if there is none.</summary>
    TerminalSize? Size { get; }

    /// <summary>Reads what is there, without waiting; 0 bytes at the end of all input.</summary>
    IoResult Read(Span<byte> destination);

    /// <summary>Writes what there is room for, without waiting.</summary>
    IoResult Write(ReadOnlySpan<byte> bytes);

    /// <summary>Has <paramref name="changed"/> called, on any thread, when the size may have changed.</summary>
    void WatchSize(Action changed);
}
