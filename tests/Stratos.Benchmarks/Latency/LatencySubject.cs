using System.Buffers.Binary;
using Stratos.Cli.Processes;

namespace Stratos.Benchmarks.Latency;

/// <summary>A device whose answering time is measured, and the request that it answers.</summary>
/// <param name="Name">The kind of device.</param>
/// <param name="What">The request, for the table.</param>
/// <param name="Spec">The device as <c>stratos partition --device</c> takes it; its files go into the folder.</param>
/// <param name="Queue">The virtqueue.</param>
/// <param name="Request">The device-readable part.</param>
/// <param name="Answer">Bytes of the device-writable part.</param>
internal sealed record LatencySubject(string Name, string What, Func<RunFolder, string> Spec, int Queue, byte[] Request, int Answer)
{
    /// <summary>One request of each device, on what the host simulates.</summary>
    public static IReadOnlyList<LatencySubject> All { get; } =
    [
        new("entropy", "16 random bytes", static _ => "entropy:dut", 0, [], 16),
        new("block", "512 bytes from memory", static _ => "block:dut,memory=1M", 0, BlockRead(), 512 + 1),
        new("gpio", "value of a line", static folder => $"gpio:dut,board={folder.In("gpio")},bank=16", 0, GpioGetValue(), 2),
        new("i2c", "2 bytes of a sensor", static folder => $"i2c:dut,chips=lm75@0x48,board={folder.In("i2c")}", 0, I2cRead(0x48), 2 + 1),
        new("spi", "4 bytes through a loopback", static folder => $"spi:dut,chips=loopback@0,board={folder.In("spi")}", 0, SpiTransfer(), 4 + 1),
        new("can", "stop the controller", static folder => $"can:dut,board={folder.In("can")},station=dut", 2, CanStop(), 1),
        new("rtc", "a clock's reading", static folder => $"rtc:dut,board={folder.In("rtc")}", 0, RtcRead(), 16),
        new("rpmb", "the write counter, without a key", static folder => $"rpmb:dut,board={folder.In("rpmb")},capacity=128K", 0, RpmbReadCounter(), 512),
    ];

    /// <summary>virtio 1.4, section 5.2.6: type VIRTIO_BLK_T_IN, sector 0.</summary>
    private static byte[] BlockRead() => new byte[16];

    /// <summary>Section 5.18.6: VIRTIO_GPIO_MSG_GET_VALUE of line 0.</summary>
    private static byte[] GpioGetValue() => [4, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>Section 5.16.6: the address in bits 1 to 7, VIRTIO_I2C_FLAGS_M_RD.</summary>
    private static byte[] I2cRead(int address) => [(byte)(address << 1), 0, 0, 0, 2, 0, 0, 0];

    /// <summary>Section 5.21.6: a head with chip select 0, 8 bits a word and 1 MHz, then the words to send.</summary>
    private static byte[] SpiTransfer()
    {
        byte[] request = new byte[32 + 4];
        request[1] = 8;
        BinaryPrimitives.WriteUInt32LittleEndian(request.AsSpan(12), 1_000_000);
        return request;
    }

    /// <summary>Section 5.20.6: VIRTIO_CAN_SET_CTRL_MODE_STOP.</summary>
    private static byte[] CanStop() => [0x02, 0x02];

    /// <summary>Section 5.23.6: VIRTIO_RTC_REQ_READ of clock 0.</summary>
    private static byte[] RtcRead() => [0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>Section 5.12.6: a frame whose request is VIRTIO_RPMB_REQ_GET_WRITE_COUNTER.</summary>
    private static byte[] RpmbReadCounter()
    {
        byte[] frame = new byte[512];
        frame[511] = 2;
        return frame;
    }
}
