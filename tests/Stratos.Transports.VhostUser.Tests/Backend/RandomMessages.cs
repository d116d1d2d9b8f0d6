using Stratos.Fabric.Linux;
using Stratos.Transports.VhostUser.Protocol.Messages;

namespace Stratos.Transports.VhostUser.Tests.Backend;

/// <summary>One session of messages that a seed gives: mostly well-formed in length, with random contents and descriptors.</summary>
internal sealed class RandomMessages(int seed)
{
    private readonly Random _random = new(seed);

    public void Play(BackendBench bench)
    {
        using var frontend = bench.Connect();
        using var memory = MemoryFile.Create("random", RawFrontend.MemoryLength);
        using var bell = EventFd.Create();
        if (_random.Next(2) == 0) frontend.Open().Dispose();
        for (var i = _random.Next(30); i > 0; i--)
        {
            var rule = FrontendRules.All[_random.Next(FrontendRules.All.Count)];
            if ((rule.Requires & ~BackendFeatures.For(16)) != 0 && _random.Next(50) != 0) continue;
            var descriptors = _random.Next(20) == 0 ? _random.Next(20) : _random.Next(rule.MinDescriptors, rule.MaxDescriptors + 1);
            var length = _random.Next(20) == 0 ? _random.Next(300) : _random.Next(rule.MinPayload, rule.MaxPayload + 1);
            frontend.TrySend(
                (FrontendRequest)rule.Request, Payload(length), needReply: _random.Next(4) != 0,
                [.. Enumerable.Range(0, descriptors).Select(_ => _random.Next(2) == 0 ? memory.Descriptor : bell.Descriptor)]);
        }
        frontend.HangUp();
        frontend.Drain();
    }

    /// <summary>Numbers that mean something more often than chance would have it.</summary>
    private byte[] Payload(int length)
    {
        var payload = new byte[length];
        for (var at = 0; at + 4 <= length; at += 4)
        {
            var value = _random.Next(8) switch
            {
                0 => uint.MaxValue,
                1 => (uint)_random.Next(),
                2 => (uint)RawFrontend.GuestBase,
                3 => 0x1000u,
                4 => (uint)(RawFrontend.UserBase >> 32),
                5 => 8u,
                _ => (uint)_random.Next(3),
            };
            BitConverter.TryWriteBytes(payload.AsSpan(at), value);
        }
        return payload;
    }
}
