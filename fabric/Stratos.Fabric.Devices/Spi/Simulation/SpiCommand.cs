namespace Stratos.Fabric.Devices.Spi.Simulation;

/// <summary>What a memory chip expects behind an opcode.</summary>
/// <param name="AddressBytes">Bytes of address, 0 to 4.</param>
/// <param name="DummyBytes">Bytes without a meaning behind the address.</param>
/// <param name="HasData">Whether data follows, to the end of its transfer.</param>
public readonly record struct SpiCommand(int AddressBytes, int DummyBytes, bool HasData)
{
    /// <summary>Bytes behind the opcode and before the data.</summary>
    public int Lead => AddressBytes + DummyBytes;
}
