using System.Runtime.InteropServices;
using Stratos.Fabric.Devices.Console;
using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Devices.Tests.Console;

/// <summary>A device's connection to a <see cref="PlayedTerminal"/>; dies with the device, unlike the terminal.</summary>
internal sealed class PlayedStream(PlayedTerminal terminal) : IConsoleStream
{
    private Action _changed = static () => { };

    public bool IsConnected => terminal.IsConnected;

    public ulong Incarnation => terminal.Incarnation;

    public bool IsOpen => terminal.IsOpen;

    public TerminalSize? Size => terminal.Size;

    public ulong OutputEnd => (ulong)terminal.Shown.Count;

    public ulong InputStart => (ulong)terminal.Taken;

    public int InputLength
    {
        get
        {
            lock (terminal.Gate) { return terminal.IsConnected ? terminal.Typed.Count - terminal.Taken : 0; }
        }
    }

    public bool IsDisposed { get; private set; }

    public IoResult Write(ulong position, ReadOnlySpan<byte> bytes)
    {
        lock (terminal.Gate)
        {
            Assert.True(position <= OutputEnd, $"A hole before position {position}; {OutputEnd} bytes are out.");
            int there = (int)Math.Min(OutputEnd - position, (ulong)bytes.Length);
            int put = Math.Min(bytes.Length - there, Math.Max(0, terminal.Room));
            // In two parts, so that a crash may come between them.
            Put(bytes.Slice(there, put / 2));
            Put(bytes.Slice(there + (put / 2), put - (put / 2)));
            return IoResult.Success(there + put);
        }
    }

    public void Read(ulong position, Span<byte> destination)
    {
        lock (terminal.Gate) { CollectionsMarshal.AsSpan(terminal.Typed).Slice((int)position, destination.Length).CopyTo(destination); }
    }

    public void Consume(ulong position)
    {
        terminal.Step();
        lock (terminal.Gate) { terminal.Taken = Math.Max(terminal.Taken, (int)position); }
        terminal.Step();
    }

    public void Watch(Action changed) => _changed = changed;

    public void Changed() => _changed();

    public void Dispose() => IsDisposed = true;

    private void Put(ReadOnlySpan<byte> bytes)
    {
        terminal.Step();
        terminal.Shown.AddRange(bytes);
        terminal.Room -= bytes.Length;
        terminal.Step();
    }
}
