using Stratos.Fabric.Devices.I2c;
using Stratos.Fabric.Devices.I2c.Simulation;

namespace Stratos.Fabric.Devices.Tests.I2c;

/// <summary>Transfers on a simulated bus without a device before it.</summary>
internal sealed class Chips(SimulatedI2cBus bus)
{
    private ulong _number;

    public I2cFault Write(I2cAddress address, params byte[] bytes) => Do(new I2cMessage(address, IsRead: false, bytes)).Fault;

    public byte[] Read(I2cAddress address, int length)
    {
        byte[] bytes = new byte[length];
        Assert.Equal(I2cFault.None, Do(new I2cMessage(address, IsRead: true, bytes)).Fault);
        return bytes;
    }

    /// <summary>A write and a read behind a repeated START.</summary>
    public byte[] ReadFrom(I2cAddress address, byte[] register, int length)
    {
        byte[] bytes = new byte[length];
        Assert.Equal(new(2, I2cFault.None), Do(new(address, IsRead: false, register), new(address, IsRead: true, bytes)));
        return bytes;
    }

    public I2cResult Do(params I2cMessage[] messages)
    {
        int delivered = 0;
        I2cResult result = bus.Transfer(new(1, ++_number), messages, _ => delivered++);
        Assert.Equal(1, delivered);
        return result;
    }
}
