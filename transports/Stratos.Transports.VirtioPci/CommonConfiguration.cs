using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Stratos.Transports.VirtioPci;

/// <summary>The common configuration structure of a function (virtio 1.4, section 4.1.4.3). Every register is accessed by its own width, 64-bit ones in two halves.</summary>
internal sealed class CommonConfiguration(IPciFunction function, PciPlace place)
{
    private const int FeatureSelect = 0, Feature = 4, DriverFeatureSelect = 8, DriverFeature = 12, QueueCount = 18;
    private const int DeviceStatus = 20, QueueSelect = 22, QueueSizeAt = 24, QueueVector = 26, QueueEnable = 28, NotifyOffset = 30;
    private const int QueueDescriptors = 32, QueueDriver = 40, QueueDevice = 48;

    public byte Status
    {
        get => Volatile.Read(ref Register<byte>(DeviceStatus));
        set => Volatile.Write(ref Register<byte>(DeviceStatus), value);
    }

    public ushort Queues => Volatile.Read(ref Register<ushort>(QueueCount));

    public ulong ReadFeatures() => FeatureWord(0) | ((ulong)FeatureWord(1) << 32);

    public void WriteFeatures(ulong features)
    {
        for (uint word = 0; word < 2; word++)
        {
            Volatile.Write(ref Register<uint>(DriverFeatureSelect), word);
            Volatile.Write(ref Register<uint>(DriverFeature), (uint)(features >> (int)(32 * word)));
        }
    }

    public ushort QueueSize(ushort queue)
    {
        Volatile.Write(ref Register<ushort>(QueueSelect), queue);
        return Volatile.Read(ref Register<ushort>(QueueSizeAt));
    }

    /// <summary>Sets a queue up, enables it and returns its notification offset.</summary>
    /// <exception cref="PciDeviceException">The device has no interrupt vector for it.</exception>
    public ushort EnableQueue(ushort queue, ushort size, Fabric.Virtio.Pump.RingAddresses areas, ushort vector)
    {
        Volatile.Write(ref Register<ushort>(QueueSelect), queue);
        Volatile.Write(ref Register<ushort>(QueueSizeAt), size);
        Volatile.Write(ref Register<ushort>(QueueVector), vector);
        if (Volatile.Read(ref Register<ushort>(QueueVector)) != vector) { throw new PciDeviceException($"{function.Name}: the device has no interrupt vector for queue {queue}."); }
        WriteAddress(QueueDescriptors, areas.Descriptors);
        WriteAddress(QueueDriver, areas.Driver);
        WriteAddress(QueueDevice, areas.Device);
        ushort offset = Volatile.Read(ref Register<ushort>(NotifyOffset));
        Volatile.Write(ref Register<ushort>(QueueEnable), (ushort)1);
        return offset;
    }

    private uint FeatureWord(uint word)
    {
        Volatile.Write(ref Register<uint>(FeatureSelect), word);
        return Volatile.Read(ref Register<uint>(Feature));
    }

    private void WriteAddress(int at, ulong address)
    {
        Volatile.Write(ref Register<uint>(at), (uint)address);
        Volatile.Write(ref Register<uint>(at + 4), (uint)(address >> 32));
    }

    private ref T Register<T>(int at) where T : unmanaged =>
        ref MemoryMarshal.AsRef<T>(function.Bar(place.Bar).Slice((int)place.Offset + at, Unsafe.SizeOf<T>()));
}
