using System.Device.I2c;
using Stratos.Fabric.Devices.Transfers;

namespace Stratos.Fabric.Devices.I2c;

/// <summary>A bus of the host through Linux's i2c-dev, by System.Device.I2c.</summary>
/// <remarks>
/// The library knows three transfers: a read, a write, and a write that a read of the same address follows without STOP.
/// A group of any other shape becomes several of these, with a STOP between them. Messages without data and 10-bit
/// addresses are <see cref="I2cFault.Unsupported"/>, which a guest sees as an error. The kernel gives no evidence of what
/// was on the bus when a process died.
/// </remarks>
public sealed class LinuxI2cPort : II2cPort
{
    private readonly I2cBus _bus;
    private readonly I2cDevice?[] _devices = new I2cDevice?[128];

    /// <summary>Opens a bus.</summary>
    /// <param name="bus">The number of its <c>/dev/i2c-N</c>.</param>
    public LinuxI2cPort(int bus) : this(I2cBus.Create(bus)) { }

    /// <summary>Uses a bus that the caller has made; it is disposed with this.</summary>
    public LinuxI2cPort(I2cBus bus)
    {
        ArgumentNullException.ThrowIfNull(bus);
        _bus = bus;
    }

    /// <inheritdoc/>
    public bool IsImmediate => false;

    /// <inheritdoc/>
    public void Join(ulong client) { }

    /// <inheritdoc/>
    public I2cResult Transfer(TransferId id, ReadOnlySpan<I2cMessage> messages, Action<I2cResult> deliver)
    {
        ArgumentNullException.ThrowIfNull(deliver);
        int completed = 0;
        I2cFault fault = I2cFault.None;
        while (completed < messages.Length && fault is I2cFault.None)
        {
            ReadOnlySpan<I2cMessage> rest = messages[completed..];
            bool isPair = rest.Length > 1 && !rest[0].IsRead && rest[1].IsRead && rest[0].Address == rest[1].Address;
            fault = isPair ? WriteRead(rest[0], rest[1]) : Single(rest[0]);
            if (fault is I2cFault.None) { completed += isPair ? 2 : 1; }
        }
        I2cResult result = new(completed, fault);
        deliver(result);
        return result;
    }

    /// <inheritdoc/>
    public TransferFate Recall(TransferId id) => TransferFate.Unknown;

    /// <inheritdoc/>
    public void Dispose() => _bus.Dispose();

    private static bool IsSupported(I2cMessage message) => !message.Address.IsTenBit && message.Data.Length > 0;

    private I2cFault WriteRead(I2cMessage write, I2cMessage read) =>
        IsSupported(write) && IsSupported(read)
            ? Try(DeviceAt(write.Address), (write, read), static (device, pair) => device.WriteRead(pair.write.Data.Span, pair.read.Data.Span))
            : I2cFault.Unsupported;

    private I2cFault Single(I2cMessage message)
    {
        if (!IsSupported(message)) { return I2cFault.Unsupported; }
        I2cDevice device = DeviceAt(message.Address);
        return message.IsRead
            ? Try(device, message, static (device, message) => device.Read(message.Data.Span))
            : Try(device, message, static (device, message) => device.Write(message.Data.Span));
    }

    /// <summary>The library tells every failure by an exception of the same kind; for a guest they are all one.</summary>
    private static I2cFault Try<T>(I2cDevice device, T what, Action<I2cDevice, T> transfer)
    {
        try
        {
            transfer(device, what);
            return I2cFault.None;
        }
        catch (IOException)
        {
            return I2cFault.AddressNotAcknowledged;
        }
    }

    private I2cDevice DeviceAt(I2cAddress address) => _devices[address.Value] ??= _bus.CreateDevice(address.Value);
}
