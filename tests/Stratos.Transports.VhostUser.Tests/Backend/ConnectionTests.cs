using Stratos.Fabric.Linux;
using Stratos.Testing;
using Stratos.Transports.VhostUser.Backend;
using Stratos.Transports.VhostUser.Protocol.Messages;

namespace Stratos.Transports.VhostUser.Tests.Backend;

/// <summary>How connections come about and end.</summary>
public sealed class ConnectionTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("vc-").FullName;

    [Fact]
    public void A_connector_waits_for_its_frontend_and_comes_again()
    {
        var path = Path.Combine(_directory, "f");
        using var bench = new BackendBench(new FakeDevice(), options => options with { SocketPath = path, Mode = BackendMode.Connect });
        WaitFor.Condition(() => bench.Lines.Any(line => line.Contains("trying to connect")), "the first attempt");
        using var listener = UnixListener.Bind(path);
        for (var i = 0; i < 3; i++)
        {
            using var frontend = new RawFrontend(listener.Accept());
            Assert.NotEqual(0ul, frontend.AskNumber(FrontendRequest.GetFeatures));
        }
        Assert.InRange(bench.Lines.Count(line => line.Contains("trying to connect")), 1, 2);
    }

    [Fact]
    public void A_second_frontend_waits_until_the_first_has_gone()
    {
        using var bench = new BackendBench(new FakeDevice());
        var first = bench.Connect();
        first.AskNumber(FrontendRequest.GetFeatures);
        using var second = bench.Connect();
        second.Send(FrontendRequest.GetFeatures);
        first.AskNumber(FrontendRequest.GetFeatures);
        first.Dispose();
        Assert.NotEmpty(second.Reply(FrontendRequest.GetFeatures));
    }

    [Fact]
    public void An_order_to_stop_ends_a_session_in_use()
    {
        var device = new FakeDevice();
        var bench = new BackendBench(device);
        using var frontend = bench.Connect();
        using var memory = frontend.Open();
        using var bells = frontend.SetRing(0);
        frontend.Enable(0);
        bench.Dispose();
        Assert.Empty(device.Running);
        frontend.ExpectEnd();
    }

    [Fact]
    public void A_device_that_does_not_stop_loses_its_memory()
    {
        var device = new FakeDevice { Refuse = operation => operation is Fabric.Virtio.Contract.DeviceOperation.StopQueue ? "requests are still in flight" : null };
        var bench = new BackendBench(device);
        using (var frontend = bench.Connect())
        {
            using var memory = frontend.Open();
            using var bells = frontend.SetRing(0);
            frontend.Enable(0);
        }
        WaitFor.Condition(() => bench.Failure is not null, "the transport to fail");
        Assert.Contains("its guest memory was taken away", bench.Failure!.Message);
        Assert.True(device.Running[0].Memory.IsRevoked);
        Directory.Delete(Path.GetDirectoryName(bench.Options.SocketPath)!, recursive: true);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
