using System.Buffers.Binary;
using Stratos.Fabric.Linux;

namespace Stratos.Transports.VirtioPci;

/// <summary>A PCI function through VFIO.</summary>
public sealed class VfioFunction : IPciFunction
{
    private const int CommandAt = 4;
    private const ushort MemoryAndBusMaster = 6;

    private readonly VfioDevice _device;
    private readonly VfioRegion _configuration;
    private readonly Mapping?[] _bars = new Mapping?[6];

    private VfioFunction(VfioDevice device) => (_device, _configuration) = (device, device.Region(VfioDevice.ConfigurationRegion));

    /// <inheritdoc/>
    public string Name => _device.Name;

    /// <summary>Takes a function from the driver that has it, gives it to vfio-pci and opens it.</summary>
    /// <param name="address">Its address, such as <c>0000:00:05.0</c>.</param>
    /// <exception cref="LinuxException">VFIO refused.</exception>
    public static VfioFunction Take(string address)
    {
        PciBus.GiveToVfio(address);
        return new VfioFunction(VfioDevice.Open(address, PciBus.GroupOf(address)));
    }

    /// <inheritdoc/>
    public void ReadConfiguration(Span<byte> destination) => _device.Read(_configuration, 0, destination);

    /// <inheritdoc/>
    public void EnableBusMaster()
    {
        Span<byte> command = stackalloc byte[2];
        _device.Read(_configuration, CommandAt, command);
        BinaryPrimitives.WriteUInt16LittleEndian(command, (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(command) | MemoryAndBusMaster));
        _device.Write(_configuration, CommandAt, command);
    }

    /// <inheritdoc/>
    public Span<byte> Bar(int index)
    {
        Mapping bar = _bars[index] ??= _device.Map(_device.Region(index));
        return bar.Span;
    }

    /// <inheritdoc/>
    public void SignalInterrupts(ReadOnlySpan<EventFd> vectors) => _device.SignalInterrupts(vectors);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Mapping? bar in _bars) { bar?.Dispose(); }
        _device.Dispose();
    }
}
