using Stratos.Transports.VhostUser.Protocol.Keeper;
using Stratos.Transports.VhostUser.Protocol.Messages;
using Stratos.Transports.VhostUser.Protocol.Payloads;

namespace Stratos.Transports.VhostUser.Protocol.Tests;

/// <summary>Numbers with a meaning of their own, and the keeper's greeting.</summary>
public sealed class PayloadTests
{
    [Theory]
    [InlineData(0, true, 0x000ul)]
    [InlineData(255, true, 0x0FFul)]
    [InlineData(3, false, 0x103ul)]
    public void A_doorbell_number_has_index_and_flag(int index, bool hasDescriptor, ulong value)
    {
        Assert.Equal(value, VringDescriptor.For(index, hasDescriptor).Value);
        Assert.Equal(index, new VringDescriptor(value).Index);
        Assert.Equal(hasDescriptor, new VringDescriptor(value).HasDescriptor);
        Assert.Null(new VringDescriptor(value).Check("SET_VRING_KICK", hasDescriptor ? 1 : 0));
    }

    [Theory]
    [InlineData(0x001ul, 0)]
    [InlineData(0x101ul, 1)]
    [InlineData(0x200ul, 0)]
    [InlineData(ulong.MaxValue, 1)]
    public void A_doorbell_number_that_contradicts_its_descriptors_is_refused(ulong value, int descriptors) =>
        Assert.NotNull(new VringDescriptor(value).Check("SET_VRING_CALL", descriptors));

    [Theory]
    [InlineData(0x8000_8000u, 0, true, 0, true)]
    [InlineData(0x0003_8005u, 5, true, 3, false)]
    [InlineData(0x0000_8005u, 5, true, 5, true)]
    [InlineData(0x0000_0000u, 0, false, 0, false)]
    public void A_packed_base_has_two_slots_and_two_wrap_counters(uint number, int available, bool availableWrap, int used, bool usedWrap)
    {
        var at = VringBase.Decode(number, packed: true);
        Assert.Equal(new VringBase((ushort)available, availableWrap, (ushort)used, usedWrap), at);
        if (number >> 16 != 0) Assert.Equal(number, at.Encode(packed: true));
    }

    [Fact]
    public void A_split_base_is_an_index()
    {
        Assert.Equal(new VringBase(0xFFFE, true, 0xFFFE, true), VringBase.Decode(0xFFFE, packed: false));
        Assert.Equal(0xFFFEu, new VringBase(0xFFFE, true, 0xFFFE, true).Encode(packed: false));
        Assert.NotNull(VringBase.Check(0x1_0000, packed: false, 256));
        Assert.Null(VringBase.Check(0xFFFF, packed: false, 256));
    }

    [Theory]
    [InlineData(0x8010_8000u)]
    [InlineData(0x8000_8010u)]
    public void A_packed_base_beyond_the_ring_is_refused(uint number) => Assert.NotNull(VringBase.Check(number, packed: true, 16));

    [Theory]
    [InlineData(0u, 256u, 256, true)]
    [InlineData(1u, 256u, 256, false)]
    [InlineData(0u, 8u, 9, false)]
    [InlineData(uint.MaxValue, 1u, 1, false)]
    public void A_config_access_stays_in_its_space(uint offset, uint size, int following, bool good) =>
        Assert.Equal(good, new ConfigHeader(offset, size, 0).Check("GET_CONFIG", following) is null);

    [Fact]
    public void A_hello_comes_back_as_it_was_written()
    {
        var hello = new KeeperHello
        {
            Role = KeeperRole.Standby, DeviceId = 2, Queues = 4, MaxQueueSize = 256, StateLength = 64,
            Features = 0x1_3000_0200, Instance = 0xDEADBEEF12345678, Name = "disk0-ü", Config = new byte[] { 1, 2, 3 },
        };
        var writer = new MessageWriter(new byte[512]);
        hello.WriteTo(ref writer);
        var message = writer.Request((uint)KeeperRequest.Hello, needReply: true);
        Assert.Equal(MessageHeader.Length + KeeperHello.Length, message.Length);
        Assert.Null(KeeperHello.Read(message[MessageHeader.Length..], out var read));
        Assert.Equal(hello.Config.ToArray(), read!.Config.ToArray());
        Assert.Equal(hello, read with { Config = hello.Config });
    }

    [Fact]
    public void A_hello_with_too_long_a_configuration_is_refused()
    {
        var payload = new byte[KeeperHello.Length];
        payload[24] = 1;
        payload[25] = 1;
        Assert.Equal("HELLO: configuration of 257 bytes, at most 256 expected", KeeperHello.Read(payload, out _));
    }
}
