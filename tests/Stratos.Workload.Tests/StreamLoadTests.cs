using Stratos.Fabric.Devices.Console;
using Stratos.Fabric.Devices.Entropy;
using Stratos.Testing;
using Stratos.Transports.VhostUser.Frontend;
using Stratos.Transports.VhostUser.Frontend.Drivers;

namespace Stratos.Workload.Tests;

/// <summary>The loads on entropy devices and consoles.</summary>
public sealed class StreamLoadTests
{
    [Fact]
    public void Entropy_is_clean()
    {
        var report = RunEntropy(new SystemEntropySource());
        Assert.True(report.IsClean, report.ToString());
    }

    [Fact]
    public void Bytes_that_come_again_are_repeated()
    {
        var report = RunEntropy(new ScriptedSource(number => number == 500 ? 400 : number));
        Assert.Equal((1L, 0L), (report.Repeated, report.Corrupted));
    }

    [Fact]
    public void Zeroes_are_corrupted()
    {
        var report = RunEntropy(new ScriptedSource(number => number == 500 ? 0 : number));
        Assert.Equal((0L, 1L), (report.Repeated, report.Corrupted));
        Assert.Contains("is all zeroes", report.Problems[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_console_stream_comes_out_whole()
    {
        var path = Path.GetTempFileName();
        try
        {
            using var served = new ServedDevice(() => ConsoleDevice.Create(new() { Ports = [new() { File = path }] }));
            long sent;
            using (var driver = ConsoleDriver.Start(VhostUserFrontend.Connect(served.Path, ConsoleDriver.DefaultOptions)))
            {
                var load = new ConsoleLoad(driver, new());
                var report = RunUntil(load, 500);
                Assert.True(report.IsClean, report.ToString());
                sent = load.RecordsSent;
            }
            var check = new NumberedStreamCheck();
            check.Feed(File.ReadAllBytes(path));
            Assert.Null(check.Problem);
            Assert.Equal((sent, 0), (check.Received, check.Partial));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_rate_is_kept()
    {
        using var served = new ServedDevice(() => new EntropyDevice(new SystemEntropySource()));
        using var driver = EntropyDriver.Start(VhostUserFrontend.Connect(served.Path, EntropyDriver.DefaultOptions), depth: 8, length: 64);
        var report = RunUntil(new EntropyLoad(driver, new() { Rate = 400 }), 100);
        Assert.InRange(report.Duration.TotalSeconds, 0.2, 20);
    }

    private static LoadReport RunEntropy(IEntropySource source)
    {
        using var served = new ServedDevice(() => new EntropyDevice(source));
        using var driver = EntropyDriver.Start(VhostUserFrontend.Connect(served.Path, EntropyDriver.DefaultOptions), depth: 8, length: 64);
        return RunUntil(new EntropyLoad(driver, new()), 2000);
    }

    private static LoadReport RunUntil(Load load, int requests)
    {
        using var stop = new CancellationTokenSource();
        var running = Task.Factory.StartNew(() => load.Run(stop.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        WaitFor.Condition(() => running.IsCompleted || load.Account.Done >= requests, $"{requests} requests");
        stop.Cancel();
        return running.Result;
    }

    /// <summary>Gives a number, eight bytes, over and over in each answer: another one each time, or what the script says.</summary>
    private sealed class ScriptedSource(Func<int, int> script) : IEntropySource
    {
        private int _number;

        public int Fill(Span<byte> destination)
        {
            var value = script(++_number);
            System.Runtime.InteropServices.MemoryMarshal.Cast<byte, long>(destination).Fill(value);
            return destination.Length;
        }

        public void Dispose() { }
    }
}
