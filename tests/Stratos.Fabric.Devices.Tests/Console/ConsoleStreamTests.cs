using Stratos.Fabric.Devices.Console;
using Stratos.Fabric.Devices.Console.Streams;
using Stratos.Fabric.Devices.Tests.Bench;
using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Driver;
using Stratos.Testing;

namespace Stratos.Fabric.Devices.Tests.Console;

/// <summary>Console streams with both of their ends: a terminal's host, and devices that come and go.</summary>
public sealed class ConsoleStreamTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("stratos-console-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Bytes_go_both_ways()
    {
        PipeTerminal terminal = new();
        using ConsoleStreamHost host = new(terminal, SocketPath);
        using DeviceBench bench = new(Device());
        bench.Do(1, bench.Buffer("hello"u8).ToDevice);
        Assert.Equal("hello"u8, terminal.Look(5));
        GuestBuffer buffer = bench.Buffer(8);
        ulong cookie = bench.Post(0, buffer.FromDevice);
        terminal.Type("world"u8);
        Assert.Equal(5u, bench.Await(0, cookie));
        Assert.Equal("world"u8, buffer.Span[..5]);
    }

    [Fact]
    public void More_than_the_memory_holds_goes_through_in_order()
    {
        PipeTerminal terminal = new();
        using ConsoleStreamHost host = new(terminal, SocketPath, capacity: 4096);
        using DeviceBench bench = new(Device());
        byte[] bytes = BlockOf(50_000);
        ulong output = bench.Post(1, bench.Buffer(bytes).ToDevice);
        Assert.Equal(bytes, terminal.Look(bytes.Length));
        bench.Await(1, output);
        List<byte> received = [];
        Thread typist = new(() => terminal.Type(bytes));
        typist.Start();
        GuestBuffer buffer = bench.Buffer(3000);
        while (received.Count < bytes.Length)
        {
            uint written = bench.Do(0, buffer.FromDevice);
            received.AddRange(buffer.Span[..(int)written]);
        }
        typist.Join();
        Assert.Equal(bytes, received);
    }

    [Fact]
    public void A_successor_goes_on_with_the_same_terminal()
    {
        PipeTerminal terminal = new();
        using ConsoleStreamHost host = new(terminal, SocketPath);
        for (int life = 0; life < 3; life++)
        {
            using DeviceBench bench = new(Device());
            bench.Do(1, bench.Buffer([(byte)('a' + life)]).ToDevice);
            Assert.Equal([(byte)('a' + life)], terminal.Look(1));
            terminal.Type([(byte)('A' + life)]);
            GuestBuffer buffer = bench.Buffer(8);
            Assert.Equal(1u, bench.Do(0, buffer.FromDevice));
            Assert.Equal('A' + life, buffer.Span[0]);
        }
    }

    [Fact]
    public void Output_waits_for_a_host_that_is_not_there_yet_and_for_one_that_comes_back()
    {
        using DeviceBench bench = new(Device());
        ulong first = bench.Post(1, bench.Buffer("first"u8).ToDevice);
        Assert.False(bench.IsUsed(1, first));
        for (int life = 0; life < 2; life++)
        {
            PipeTerminal terminal = new();
            using ConsoleStreamHost host = new(terminal, SocketPath);
            if (life == 0)
            {
                bench.Await(1, first);
                Assert.Equal("first"u8, terminal.Look(5));
            }
            bench.Do(1, bench.Buffer("more"u8).ToDevice);
            Assert.Equal("more"u8, terminal.Look(4));
            Assert.True(terminal.IsQuiet());
        }
    }

    [Fact]
    public void Size_and_presence_reach_the_device()
    {
        PipeTerminal terminal = new() { Size = new TerminalSize(100, 40) };
        using ConsoleStreamHost host = new(terminal, SocketPath);
        using DeviceBench bench = new(Device());
        WaitFor.Condition(() => bench.ReadConfig(0, 4).SequenceEqual(new byte[] { 100, 0, 40, 0 }), "the terminal's size");
        terminal.Size = new TerminalSize(90, 30);
        WaitFor.Condition(() => bench.ReadConfig(0, 4).SequenceEqual(new byte[] { 90, 0, 30, 0 }), "the terminal's new size");
        Assert.Equal(2, bench.ConfigChanges);
    }

    [Fact]
    public void Output_for_nobody_is_thrown_away()
    {
        PipeTerminal terminal = new() { IsPresent = false };
        using ConsoleStreamHost host = new(terminal, SocketPath, capacity: 4096);
        using DeviceBench bench = new(Device());
        bench.Do(1, bench.Buffer(BlockOf(20_000)).ToDevice);
        Assert.True(terminal.IsQuiet());
    }

    [Fact]
    public void What_is_not_a_host_is_not_listened_to()
    {
        using UnixListener listener = UnixListener.Bind(SocketPath);
        using DeviceBench bench = new(Device());
        ulong output = bench.Post(1, bench.Buffer("x"u8).ToDevice);
        for (int i = 0; i < 2; i++)
        {
            using UnixStream stream = listener.Accept();
            stream.Send("gibberish"u8);
        }
        Assert.False(bench.IsUsed(1, output));
    }

    [Fact]
    public void A_pseudo_terminal_belongs_to_whoever_opens_it()
    {
        string link = Path.Combine(_folder.FullName, "console");
        using (DeviceBench bench = new(ConsoleDevice.Create(new() { Ports = [new() { Pty = link }] })))
        {
            using FileDescriptor user = FileIo.OpenFile(link, OpenFlags.ReadWrite | OpenFlags.NoControllingTerminal | OpenFlags.NonBlocking);
            GuestBuffer buffer = bench.Buffer(8);
            ulong input = bench.Post(0, buffer.FromDevice);
            FileIo.Write(user, "ls\r"u8).OrThrow("write");
            Assert.Equal(3u, bench.Await(0, input));
            Assert.Equal("ls\r"u8, buffer.Span[..3]);
            bench.Do(1, bench.Buffer("ok"u8).ToDevice);
            byte[] shown = new byte[2];
            int got = 0;
            WaitFor.Condition(() => (got += (int)FileIo.Read(user, shown.AsSpan(got)).Bytes) == 2, "output on the terminal");
            Assert.Equal("ok"u8, shown);
        }
        Assert.False(File.Exists(link));
    }

    [Fact]
    public void A_launcher_keeps_the_terminals_and_hands_streams_on()
    {
        string link = Path.Combine(_folder.FullName, "console");
        string log = Path.Combine(_folder.FullName, "log");
        Dictionary<string, string> options = new() { ["pty"] = link, ["ports"] = $"a=pty:,b=file:{log}", ["rows"] = "50" };
        using ConsoleLauncher launcher = ConsoleLauncher.Open(options, _folder.FullName);
        Assert.Equal(2, launcher.Notes.Count);
        Assert.Contains(link, launcher.Notes[0], StringComparison.Ordinal);
        Assert.False(launcher.Options.ContainsKey("pty"));
        Assert.Equal(Path.Combine(_folder.FullName, "console-port0.sock"), launcher.Options["stream"]);
        Assert.Equal($"a=stream:{_folder.FullName}/console-port1.sock,b=file:{log}", launcher.Options["ports"]);
        Assert.Equal("50", launcher.Options["rows"]);
        using DeviceBench bench = new(ConsoleKind.Kind.Create(launcher.Options));
        using FileDescriptor user = FileIo.OpenFile(link, OpenFlags.ReadWrite | OpenFlags.NoControllingTerminal);
        FileIo.Write(user, "x"u8).OrThrow("write");
        Assert.Equal(3, bench.World.Description.Queues.Count(static queue => queue.Name.StartsWith("receiveq", StringComparison.Ordinal)));
    }

    private string SocketPath => Path.Combine(_folder.FullName, "stream.sock");

    private static byte[] BlockOf(int length) => [.. Enumerable.Range(0, length).Select(static i => (byte)(i * 13))];

    private ConsoleDevice Device() => ConsoleDevice.Create(new() { Ports = [new() { Stream = SocketPath }] });
}
