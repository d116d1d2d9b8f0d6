using Stratos.Fabric.Devices.Console;
using Stratos.Fabric.Devices.Console.Streams;
using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Devices.Tests.Console;

public sealed class ByteRingTests : IDisposable
{
    private const int Capacity = 4096;

    private readonly MemoryFile _file;
    private readonly ConsoleStreamMemory _host;
    private readonly ConsoleStreamMemory _device;

    public ByteRingTests()
    {
        _host = ConsoleStreamMemory.Create(Capacity, out _file);
        _device = ConsoleStreamMemory.Open(_file);
    }

    public void Dispose()
    {
        _host.Dispose();
        _device.Dispose();
        _file.Dispose();
    }

    [Fact]
    public void Bytes_keep_their_order_around_the_end_of_the_memory()
    {
        Random random = new(7);
        byte written = 0, read = 0;
        byte[] buffer = new byte[Capacity];
        for (int round = 0; round < 2000; round++)
        {
            byte[] bytes = [.. Enumerable.Range(0, random.Next(1, 700)).Select(i => (byte)(written + i))];
            written += (byte)_device.Output.Write(bytes);
            int take = random.Next(0, _host.Output.Length + 1);
            ulong start = _host.Output.Start;
            _host.Output.Read(start, buffer.AsSpan(0, take));
            for (int i = 0; i < take; i++) { Assert.Equal(read++, buffer[i]); }
            _host.Output.Consume(start + (ulong)take);
        }
    }

    [Fact]
    public void Takes_no_more_than_there_is_room_for()
    {
        Assert.Equal(Capacity, _device.Output.Write(new byte[Capacity + 1]));
        Assert.Equal(0, _device.Output.Write([1]));
        Assert.True(_host.Output.Consume(1));
        Assert.False(_host.Output.Consume(1));
        Assert.Equal(1, _device.Output.Write([1, 2]));
    }

    [Fact]
    public void State_is_seen_by_the_other_end()
    {
        Assert.Equal(_host.Incarnation, _device.Incarnation);
        Assert.Null(_device.Size);
        _host.Size = new TerminalSize(120, 40);
        _host.IsOpen = true;
        Assert.Equal(new TerminalSize(120, 40), _device.Size);
        Assert.True(_device.IsOpen);
    }

    [Fact]
    public void Memory_that_is_not_a_streams_is_refused()
    {
        using MemoryFile small = MemoryFile.Create("small", 100);
        Assert.Throws<InvalidDataException>(() => ConsoleStreamMemory.Open(small));
        using MemoryFile empty = MemoryFile.Create("empty", 4096 * 3);
        Assert.Throws<InvalidDataException>(() => ConsoleStreamMemory.Open(empty));
        Assert.Throws<ArgumentOutOfRangeException>(() => ConsoleStreamMemory.Create(5000, out _));
    }
}
