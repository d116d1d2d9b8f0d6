using Stratos.Fabric.Devices.Entropy;
using Stratos.Fabric.Devices.Tests.Bench;
using Stratos.Fabric.Virtio.Driver;

namespace Stratos.Fabric.Devices.Tests.Entropy;

/// <summary>Virtio 1.4, section 5.4.6.</summary>
public sealed class EntropyDeviceTests
{
    [Theory]
    [MemberData(nameof(RingKinds.All), MemberType = typeof(RingKinds))]
    public void Fills_every_buffer_of_a_request_and_says_how_much(ulong features)
    {
        using DeviceBench bench = new(EntropyDevice.Create(new()), features);
        GuestBuffer first = bench.Buffer(100);
        GuestBuffer second = bench.Buffer(5000);
        Assert.Equal(5100u, bench.Do(0, first.FromDevice, second.FromDevice));
        Assert.Contains(first.Span.ToArray(), static value => value != 0);
        Assert.True(second.Span[4096..].ContainsAnyExcept((byte)0));
    }

    [Fact]
    public void Two_requests_get_different_bytes()
    {
        using DeviceBench bench = new(EntropyDevice.Create(new()));
        GuestBuffer first = bench.Buffer(64);
        GuestBuffer second = bench.Buffer(64);
        bench.Do(0, first.FromDevice);
        bench.Do(0, second.FromDevice);
        Assert.NotEqual(first.Span.ToArray(), second.Span.ToArray());
    }

    [Fact]
    public void Uses_less_of_a_huge_buffer_than_there_is()
    {
        using DeviceBench bench = new(EntropyDevice.Create(new()));
        GuestBuffer huge = bench.Buffer(1 << 20);
        Assert.Equal((uint)EntropyHandler.MaxBytes, bench.Do(0, huge.FromDevice));
        Assert.False(huge.Span[EntropyHandler.MaxBytes..].ContainsAnyExcept((byte)0));
    }

    [Fact]
    public void A_readable_buffer_which_the_driver_must_not_post_is_returned_empty_and_reported()
    {
        using DeviceBench bench = new(EntropyDevice.Create(new()));
        GuestBuffer readable = bench.Buffer(16);
        GuestBuffer writable = bench.Buffer(16);
        Assert.Equal(0u, bench.Do(0, readable.ToDevice));
        Assert.Equal(0u, bench.Do(0, readable.ToDevice, writable.FromDevice));
        Assert.False(writable.Span.ContainsAnyExcept((byte)0));
        Assert.Contains("device-writable", Assert.Single(bench.Port.Warnings), StringComparison.Ordinal);
        Assert.Equal(16u, bench.Do(0, writable.FromDevice));
    }

    [Fact]
    public void A_file_is_read_to_its_end_and_then_the_host_fills_in()
    {
        string path = Path.GetTempFileName();
        File.WriteAllBytes(path, [1, 2, 3, 4, 5, 6, 7, 8]);
        try
        {
            using DeviceBench bench = new(EntropyDevice.Create(new() { File = path }));
            GuestBuffer buffer = bench.Buffer(256);
            Assert.Equal(256u, bench.Do(0, buffer.FromDevice));
            Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], buffer.Span[..8].ToArray());
            Assert.True(buffer.Span[8..].ContainsAnyExcept((byte)0));
            Assert.Contains("run dry", Assert.Single(bench.Port.Warnings), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_refused_with_the_remedy()
    {
        ArgumentException refused = Assert.Throws<ArgumentException>(() => EntropyDevice.Create(new() { File = "/nowhere/at/all" }));
        Assert.StartsWith("file:", refused.Message, StringComparison.Ordinal);
        Assert.Contains("/dev/urandom", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Allocates_nothing_for_a_request()
    {
        using AllocationMeter meter = new();
        using DeviceBench bench = new(EntropyDevice.Create(new()), options: meter.Options);
        GuestBuffer buffer = bench.Buffer(256);
        for (int i = 0; i < 200; i++)
        {
            if (i == 100) { meter.Begin(); }
            bench.Do(0, buffer.FromDevice);
        }
        Assert.True(meter.Steps > 100);
        Assert.Equal(0, meter.Bytes);
    }
}
