namespace Stratos.Fabric.Linux.Tests.Processes;

public sealed class ChildProcessTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("stratos-").FullName;

    private string Output => Path.Combine(_directory, "out");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("exit 0", 0, null)]
    [InlineData("exit 37", 37, null)]
    [InlineData("kill -TERM $$", null, 15)]
    public void The_way_it_ended_is_known(string script, int? code, int? signal)
    {
        using ChildProcess child = Shell(script);
        ChildExit expected = new(code, signal);
        Assert.Equal(expected, child.Reap());
        Assert.Equal(expected, child.Reap());
        Assert.Equal(expected, child.TryReap());
    }

    [Fact]
    public void Arguments_and_environment_arrive_exactly()
    {
        using ChildProcess child = ChildProcess.Spawn(new ChildOptions
        {
            Program = "sh",
            Arguments = ["-c", "printf '%s|' \"$@\"; env", "name", "", "two words", "ü$*"],
            Environment = new Dictionary<string, string> { ["ONLY"] = "this=that" },
            StandardOutput = Output,
        });
        Assert.True(child.Reap().IsSuccess);
        string text = File.ReadAllText(Output);
        Assert.StartsWith("|two words|ü$*|", text, StringComparison.Ordinal);
        Assert.Contains("ONLY=this=that\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("HOME=", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Descriptors_arrive_at_their_numbers_and_no_others()
    {
        using EventFd line = EventFd.Create();
        using MemoryFile first = MemoryFile.Create("first", 1);
        using MemoryFile second = MemoryFile.Create("second", 2);
        // Crosswise: each source's own number is wanted for another.
        int low = Math.Min(first.Descriptor.Number, second.Descriptor.Number);
        int high = Math.Max(first.Descriptor.Number, second.Descriptor.Number);
        MemoryFile atHigh = first.Descriptor.Number == low ? first : second;
        MemoryFile atLow = first.Descriptor.Number == low ? second : first;
        using ChildProcess child = ChildProcess.Spawn(new ChildOptions
        {
            Program = "/bin/ls",
            Arguments = ["-l", "/proc/self/fd"],
            Descriptors = [new(atHigh.Descriptor, high), new(atLow.Descriptor, low), new(line.Descriptor, 300)],
            StandardOutput = Output,
        });
        Assert.True(child.Reap().IsSuccess);
        string[] lines = File.ReadAllLines(Output);
        Assert.Contains(lines, text => text.Contains($" {high} -> /memfd:{(atHigh == first ? "first" : "second")}", StringComparison.Ordinal));
        Assert.Contains(lines, text => text.Contains($" {low} -> /memfd:{(atLow == first ? "first" : "second")}", StringComparison.Ordinal));
        Assert.Contains(lines, text => text.Contains(" 300 -> anon_inode:[eventfd]", StringComparison.Ordinal));
        // total, standard three, our three, and the directory that ls reads
        Assert.Equal(8, lines.Length);
    }

    [Fact]
    public void A_descriptor_can_keep_its_own_number()
    {
        using EventFd line = EventFd.Create();
        using ChildProcess child = ChildProcess.Spawn(new ChildOptions
        {
            Program = "/bin/readlink",
            Arguments = [$"/proc/self/fd/{line.Descriptor.Number}"],
            Descriptors = [new(line.Descriptor, line.Descriptor.Number)],
            StandardOutput = Output,
        });
        Assert.True(child.Reap().IsSuccess);
        Assert.Equal("anon_inode:[eventfd]\n", File.ReadAllText(Output));
    }

    [Fact]
    public void Both_outputs_go_to_files_and_are_appended()
    {
        for (int i = 0; i < 2; i++)
        {
            using ChildProcess child = ChildProcess.Spawn(new ChildOptions
            {
                Program = "/bin/sh",
                Arguments = ["-c", "echo out; echo err >&2"],
                StandardOutput = Output,
                StandardError = Output,
            });
            Assert.True(child.Reap().IsSuccess);
        }
        Assert.Equal("out\nerr\nout\nerr\n", File.ReadAllText(Output));
    }

    [Fact]
    public void What_cannot_be_started_says_so_and_leaves_nothing()
    {
        int before = ProcessResources.Descriptors;
        LinuxException missing = Assert.Throws<LinuxException>(() => ChildProcess.Spawn(new ChildOptions { Program = "/no/such" }));
        Assert.Equal("posix_spawn of '/no/such' failed: ENOENT (No such file or directory)", missing.Message);
        Assert.Equal(Errno.ENOENT, Assert.Throws<LinuxException>(() => ChildProcess.Spawn(new ChildOptions { Program = "no-such-program" })).Error);
        Assert.Equal(Errno.EACCES, Assert.Throws<LinuxException>(() => ChildProcess.Spawn(new ChildOptions { Program = "/etc/passwd" })).Error);
        Assert.Throws<LinuxException>(() => ChildProcess.Spawn(new ChildOptions { Program = "/bin/true", StandardOutput = "/no/such/file" }));
        Assert.Equal(before, ProcessResources.Descriptors);
    }

    [Fact]
    public void Signals_are_as_a_program_expects_them()
    {
        using ChildProcess child = ChildProcess.Spawn(new ChildOptions
        {
            Program = "/bin/grep",
            Arguments = ["-E", "Sig(Blk|Ign)", "/proc/self/status"],
            StandardOutput = Output,
        });
        Assert.True(child.Reap().IsSuccess);
        Assert.All(File.ReadAllLines(Output), line => Assert.EndsWith("0000000000000000", line, StringComparison.Ordinal));
    }

    [Fact]
    public void A_process_group_of_its_own_has_the_childs_number()
    {
        using ChildProcess child = ChildProcess.Spawn(new ChildOptions
        {
            Program = "/bin/sh",
            Arguments = ["-c", "cut -d' ' -f5 /proc/$$/stat"],
            StandardOutput = Output,
            NewProcessGroup = true,
        });
        Assert.True(child.Reap().IsSuccess);
        Assert.Equal(child.ProcessId, int.Parse(File.ReadAllText(Output), System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void A_running_child_is_not_reaped_early_and_disposal_leaves_no_zombie()
    {
        ChildProcess child = ChildProcess.Spawn(new ChildOptions { Program = "/bin/sleep", Arguments = ["1000"] });
        Assert.Null(child.TryReap());
        Assert.Null(child.Reap(TimeSpan.FromMilliseconds(1)));
        Assert.True(Directory.Exists($"/proc/{child.ProcessId}"));
        child.Dispose();
        child.Dispose();
        Assert.False(Directory.Exists($"/proc/{child.ProcessId}"));
    }

    [Fact]
    public void A_child_that_tied_itself_to_its_parent_dies_with_it()
    {
        TimeSpan patience = TimeSpan.FromSeconds(20);
        (UnixStream ours, UnixStream theirs) = UnixStream.Pair();
        using (ours)
        {
            using ChildProcess parent = ChildScenario.Start(ChildScenario.HoldChild, line: theirs);
            theirs.Dispose();
            byte[] buffer = new byte[1];
            Assert.True(Poll.Wait(ours.Descriptor, PollEvents.Readable, patience).HasFlag(PollEvents.Readable));
            Assert.Equal(ReceiveStatus.Received, ours.Receive(buffer, out _));
            parent.Kill();
            // The line hangs up when the last holder is gone, and that is the grandchild.
            Assert.True(Poll.Wait(ours.Descriptor, PollEvents.Readable, patience).HasFlag(PollEvents.HangUp));
        }
    }

    [Fact]
    public void Text_with_a_null_character_is_refused()
    {
        Assert.Throws<ArgumentException>(() => ChildProcess.Spawn(new ChildOptions { Program = "/bin/true", Arguments = ["a\0b"] }));
        Assert.Throws<ArgumentException>(() => FileIo.OpenFile("/etc/passwd\0.txt", OpenFlags.ReadOnly));
        Assert.Throws<ArgumentException>(() => UnixStream.Connect("/tmp/s\0"));
    }

    private static ChildProcess Shell(string script) =>
        ChildProcess.Spawn(new ChildOptions { Program = "/bin/sh", Arguments = ["-c", script] });
}
