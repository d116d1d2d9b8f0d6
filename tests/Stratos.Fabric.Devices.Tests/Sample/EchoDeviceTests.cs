using Stratos.Fabric.Devices.Tests.Bench;
using Stratos.Fabric.Virtio.Driver;

namespace Stratos.Fabric.Devices.Tests.Sample;

/// <summary>The device of docs/writing-a-device.md works, and the document shows it as it is.</summary>
public sealed class EchoDeviceTests
{
    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    public void Answers_in_upper_case(ulong features)
    {
        using DeviceBench bench = new(new EchoDevice(), features);
        GuestBuffer answer = bench.Buffer(16);
        Assert.Equal(5u, bench.Do(0, bench.Buffer("Hello"u8).ToDevice, answer.FromDevice));
        Assert.Equal("HELLO"u8, answer.Span[..5]);
        Assert.Equal([5, 0, 0, 0, 0, 0, 0, 0], bench.ReadConfig(0, 8));
        Assert.Equal(1, bench.ConfigChanges);
        Assert.Equal(0u, bench.Do(0, bench.Buffer(32).ToDevice, answer.FromDevice));
        Assert.Single(bench.Port.Warnings);
    }

    [Fact]
    public void Shows_its_configuration_before_there_is_a_session()
    {
        byte[] space = [1, 2, 3, 4, 5, 6, 7, 8];
        new EchoDevice().ReadConfig(0, space);
        Assert.Equal(new byte[8], space);
    }

    [Fact]
    public void The_document_shows_the_device_that_is_compiled()
    {
        string root = SourceRoot();
        string source = File.ReadAllText(Path.Combine(root, "tests/Stratos.Fabric.Devices.Tests/Sample/EchoDevice.cs"));
        string document = File.ReadAllText(Path.Combine(root, "docs/writing-a-device.md"));
        int begin = document.IndexOf("```csharp\nusing ", StringComparison.Ordinal) + "```csharp\n".Length;
        int end = document.IndexOf("```", begin, StringComparison.Ordinal);
        Assert.Equal(source, document[begin..end]);
    }

    // The compiler's own paths are no help: a deterministic build maps them away.
    private static string SourceRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Stratos.Fabric.sln"))) { folder = Path.GetDirectoryName(folder); }
        return folder ?? throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} has Stratos.Fabric.sln.");
    }
}
