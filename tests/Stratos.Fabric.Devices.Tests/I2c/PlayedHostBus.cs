using System.Device;
using System.Device.I2c;

namespace Stratos.Fabric.Devices.Tests.I2c;

/// <summary>A bus of the host as System.Device.I2c shows it, with one chip at 0x50.</summary>
internal sealed class PlayedHostBus : I2cBus
{
    public List<string> Calls { get; } = [];

    public bool IsDisposed { get; private set; }

    public override I2cDevice CreateDevice(int deviceAddress) => new Chip(this, deviceAddress);

    public override void RemoveDevice(int deviceAddress) { }

    public override ComponentInformation QueryComponentInformation() => new(this, "played");

    protected override void Dispose(bool disposing)
    {
        IsDisposed = true;
        base.Dispose(disposing);
    }

    private sealed class Chip(PlayedHostBus bus, int address) : I2cDevice
    {
        public override I2cConnectionSettings ConnectionSettings => new(1, address);

        public override void Read(Span<byte> buffer)
        {
            Call($"r{buffer.Length}");
            buffer.Fill(0x77);
        }

        public override void Write(ReadOnlySpan<byte> buffer) => Call($"w{buffer.Length}");

        public override void WriteRead(ReadOnlySpan<byte> writeBuffer, Span<byte> readBuffer)
        {
            Call($"w{writeBuffer.Length}r{readBuffer.Length}");
            readBuffer.Fill(0x77);
        }

        private void Call(string what)
        {
            bus.Calls.Add($"{what}@{address:x2}");
            if (address != 0x50) { throw new IOException("Error 121 performing I2C data transfer."); }
        }
    }
}
