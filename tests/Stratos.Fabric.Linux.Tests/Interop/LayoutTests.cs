using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Stratos.Fabric.Linux.Tests.Interop;

/// <summary>Sizes and offsets as printed by a C compiler for x86-64 and for arm64; they are equal.</summary>
public sealed class LayoutTests
{
    [Fact]
    public void Sizes_are_the_kernels()
    {
        Assert.Equal(16, Unsafe.SizeOf<IoVector>());
        Assert.Equal(8, Unsafe.SizeOf<PollEntry>());
        Assert.Equal(16, Unsafe.SizeOf<TimeSpecification>());
        Assert.Equal(32, Unsafe.SizeOf<TimerSpecification>());
        Assert.Equal(256, Unsafe.SizeOf<NativeStatus>());
        Assert.Equal(110, Unsafe.SizeOf<UnixAddress>());
        Assert.Equal(56, Unsafe.SizeOf<MessageHeader>());
        Assert.Equal(16, Unsafe.SizeOf<ControlHeader>());
        Assert.Equal(12, Unsafe.SizeOf<PeerCredentials>());
        Assert.Equal(128, Unsafe.SizeOf<ChildStatus>());
        Assert.Equal(152, Unsafe.SizeOf<SignalHandling>());
        Assert.Equal(32, Unsafe.SizeOf<FaultGuardEntry.Slot>());
        Assert.Equal(32, Unsafe.SizeOf<VfioDevice.NativeVfioRegion>());
        Assert.Equal(72, Unsafe.SizeOf<MmcPartition.NativeCommand>());
        Assert.Equal(8 + (8 * 72), Unsafe.SizeOf<MmcPartition.Request>());
    }

    [Theory]
    [InlineData(typeof(IoVector), "<Length>k__BackingField", 8)]
    [InlineData(typeof(MessageHeader), "Vectors", 16)]
    [InlineData(typeof(MessageHeader), "VectorCount", 24)]
    [InlineData(typeof(MessageHeader), "Control", 32)]
    [InlineData(typeof(MessageHeader), "ControlLength", 40)]
    [InlineData(typeof(MessageHeader), "Flags", 48)]
    [InlineData(typeof(ControlHeader), "Level", 8)]
    [InlineData(typeof(ControlHeader), "Type", 12)]
    [InlineData(typeof(UnixAddress), "Path", 2)]
    [InlineData(typeof(NativeStatus), "BlockSize", 4)]
    [InlineData(typeof(NativeStatus), "Mode", 28)]
    [InlineData(typeof(NativeStatus), "Inode", 32)]
    [InlineData(typeof(NativeStatus), "Size", 40)]
    [InlineData(typeof(NativeStatus), "DeviceMajor", 136)]
    [InlineData(typeof(ChildStatus), "Code", 8)]
    [InlineData(typeof(ChildStatus), "ProcessId", 16)]
    [InlineData(typeof(ChildStatus), "Status", 24)]
    [InlineData(typeof(SignalHandling), "Handler", 0)]
    [InlineData(typeof(SignalHandling), "Flags", 136)]
    [InlineData(typeof(FaultGuardEntry.Slot), "End", 8)]
    [InlineData(typeof(VfioDevice.NativeVfioRegion), "Length", 16)]
    [InlineData(typeof(VfioDevice.NativeVfioRegion), "Offset", 24)]
    [InlineData(typeof(MmcPartition.NativeCommand), "Opcode", 8)]
    [InlineData(typeof(MmcPartition.NativeCommand), "Flags", 32)]
    [InlineData(typeof(MmcPartition.NativeCommand), "Blocks", 40)]
    [InlineData(typeof(MmcPartition.NativeCommand), "Data", 64)]
    [InlineData(typeof(MmcPartition.Request), "First", 8)]
    [InlineData(typeof(FaultGuardEntry.Slot), "Faulted", 16)]
    [InlineData(typeof(FaultGuardEntry.Slot), "Users", 20)]
    [InlineData(typeof(FaultGuardEntry.Slot), "Protection", 24)]
    public void Fields_are_where_the_kernel_has_them(Type type, string field, int offset) =>
        Assert.Equal(offset, (int)Marshal.OffsetOf(type, field));

    [Fact]
    public void The_handlers_literals_are_aligned_and_fit_a_page()
    {
        Assert.Equal(0, FaultHandlerX64.Code.Length % 8);
        Assert.Equal(0, FaultHandlerArm64.Code.Length % 2);
        Assert.InRange(FaultHandlerArm64.Code.Length * sizeof(uint), 1, 4096 - 48);
        Assert.Equal(1024, MemoryFaultGuard.Capacity);
    }

    [Fact]
    public void Open_flags_are_this_architectures()
    {
        bool arm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
        Assert.Equal(0x80000, OpenFlags.ReadOnly.ToNative());
        Assert.Equal(0x80000 | 2 | 0x40 | 0x80, (OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.Exclusive).ToNative());
        Assert.Equal(0x80000 | (arm ? 0x10000 : 0x4000), OpenFlags.Direct.ToNative());
        Assert.Equal(0x80000 | (arm ? 0x4000 : 0x10000), OpenFlags.Directory.ToNative());
        Assert.Equal(0x80000 | (arm ? 0x8000 : 0x20000), OpenFlags.NoFollow.ToNative());
    }
}
