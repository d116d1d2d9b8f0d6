using Akka.Actor;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Stratos.Actors.Membership;
using Stratos.Actors.Membership.Contracts;
using Stratos.Actors.Membership.Serialization;
using Stratos.Actors.Tests.Testing;

namespace Stratos.Actors.Tests.Membership;

/// <summary>What a member writes to its peers, and what it takes from them.</summary>
public sealed class ContractSerializerTests : IAsyncLifetime
{
    private readonly ExtendedActorSystem _system =
        (ExtendedActorSystem)ActorSystem.Create(MemberConfiguration.SystemName, MemberConfiguration.Of(TestSettings.Alone));

    private ContractSerializer Serializer => (ContractSerializer)_system.Serialization.FindSerializerForType(typeof(PartitionStatus));

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() => await _system.Terminate();

    [Fact]
    public void A_contract_comes_back_as_it_was()
    {
        var status = new PartitionStatus { Name = "stub", Role = "stub-vm", Instance = ulong.MaxValue, Revision = 7 };
        status.Devices.Add(new DeviceStatus { Name = "disk0", VirtioId = 2, Phase = DevicePhase.Serving });
        Assert.Equal(41, Serializer.Identifier);
        Assert.Equal("stratos.partition.v1.PartitionStatus", Serializer.Manifest(status));
        Assert.Equal(status, Serializer.FromBinary(Serializer.ToBinary(status), Serializer.Manifest(status)));
    }

    [Fact]
    public void A_status_with_fields_from_the_future_is_read()
    {
        byte[] future = [.. new PartitionStatus { Name = "stub" }.ToByteArray(), 0xf8, 0x3e, 1];
        var read = (PartitionStatus)Serializer.FromBinary(future, "stratos.partition.v1.PartitionStatus");
        Assert.Equal("stub", read.Name);
    }

    [Theory]
    [InlineData("")]
    [InlineData("stratos.partition.v1.Unknown")]
    [InlineData("google.protobuf.Any")]
    [InlineData("System.Diagnostics.Process, System.Diagnostics.Process")]
    public void An_unknown_manifest_is_refused(string manifest)
    {
        var refused = Assert.Throws<ArgumentException>(() => Serializer.FromBinary([], manifest));
        Assert.Contains("is not a contract between partitions", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_protobuf_message_that_is_no_contract_is_not_written() =>
        Assert.Throws<ArgumentException>(() => Serializer.ToBinary(new Timestamp()));

    [Fact]
    public void A_damaged_contract_is_refused() =>
        Assert.Throws<InvalidProtocolBufferException>(() => Serializer.FromBinary([0x0a, 0xff], "stratos.partition.v1.PartitionStatus"));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_library_s_open_serializers_are_replaced_by_refusing_ones(int id)
    {
        byte[] json = """{"$type":"System.IO.FileInfo, System.IO.FileSystem","OriginalPath":"/etc/passwd"}"""u8.ToArray();
        var refused = Assert.ThrowsAny<Exception>(() => _system.Serialization.Deserialize(json, id, ""));
        Assert.IsType<NotSupportedException>(refused.GetBaseException());
    }

    [Fact]
    public void An_ordinary_object_is_not_written()
    {
        var serializer = _system.Serialization.FindSerializerForType(typeof(FileInfo));
        Assert.Throws<NotSupportedException>(() => serializer.ToBinary(new FileInfo("/etc/passwd")));
    }
}
