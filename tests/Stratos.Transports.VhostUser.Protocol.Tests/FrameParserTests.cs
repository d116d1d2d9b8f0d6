using Stratos.Transports.VhostUser.Protocol.Framing;
using Stratos.Transports.VhostUser.Protocol.Messages;
using Stratos.Transports.VhostUser.Protocol.Payloads;

namespace Stratos.Transports.VhostUser.Protocol.Tests;

/// <summary>Messages are found in a stream however it is cut, and hostile sizes cost nothing.</summary>
public sealed class FrameParserTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(12)]
    [InlineData(1000)]
    public void Messages_are_found_however_the_stream_is_cut(int cut)
    {
        var stream = new List<byte>();
        for (uint i = 0; i < 5; i++)
        {
            var writer = new MessageWriter(new byte[64]);
            if (i != 2) writer.Write(new VringState(i, i * 7));
            stream.AddRange(writer.Request((uint)FrontendRequest.SetVringNum));
        }
        var parser = new FrameParser();
        var found = new List<VringState?>();
        for (var at = 0; at < stream.Count;)
        {
            var count = Math.Min(Math.Min(cut, parser.Free.Length), stream.Count - at);
            stream.ToArray().AsSpan(at, count).CopyTo(parser.Free);
            at += count;
            Assert.Null(parser.Advance(count, 0));
            if (!parser.IsComplete) continue;
            found.Add(parser.Payload.IsEmpty ? null : new MessageReader(parser.Payload).Read<VringState>());
            parser.Next();
            Assert.True(parser.IsAtBoundary);
        }
        Assert.Equal([new(0, 0), new(1, 7), null, new(3, 21), new(4, 28)], found);
    }

    [Theory]
    [InlineData(FrameParser.LongestPayload + 1)]
    [InlineData(int.MaxValue)]
    [InlineData(-1)]
    public void Hostile_sizes_are_refused_without_allocation(int size)
    {
        var parser = new FrameParser();
        byte[] header = [1, 0, 0, 0, 1, 0, 0, 0, .. BitConverter.GetBytes(size)];
        header.CopyTo(parser.Free);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var fault = parser.Advance(header.Length, 0);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2048);
        Assert.Contains($"{(uint)size}", fault);
    }

    [Fact]
    public void Descriptors_belong_to_the_first_byte()
    {
        var parser = new FrameParser();
        Assert.Null(parser.Advance(4, 2));
        Assert.Equal(2, parser.Descriptors);
        Assert.Contains("byte 4", parser.Advance(4, 1));
    }

    [Fact]
    public void A_message_without_payload_is_complete_with_its_header()
    {
        var parser = new FrameParser();
        new MessageWriter(new byte[12]).Request((uint)FrontendRequest.SetOwner).CopyTo(parser.Free);
        Assert.Null(parser.Advance(12, 0));
        Assert.True(parser.IsComplete);
        Assert.Equal(FrontendRequest.SetOwner, parser.Header.Frontend);
        Assert.True(parser.Payload.IsEmpty);
    }
}
