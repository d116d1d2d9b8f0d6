using System.Buffers.Binary;
using Stratos.Fabric.Devices.Tests.Bench;
using Stratos.Fabric.Virtio.Driver;

namespace Stratos.Fabric.Devices.Tests.Gpio;

/// <summary>A driver of the GPIO device, written from the specification.</summary>
internal sealed class GpioGuest(DeviceBench bench)
{
    public const int Requests = 0, Events = 1;
    public const byte Ok = 0, Error = 1, Invalid = 0, Valid = 1;
    public const ushort GetNames = 1, GetDirection = 2, SetDirection = 3, GetValue = 4, SetValue = 5, SetInterrupt = 6;
    public const uint None = 0, Out = 1, In = 2;
    public const uint Rising = 1, Falling = 2, Both = 3, High = 4, Low = 8;

    /// <summary>A buffer that unmasks a line.</summary>
    public sealed record Unmasked(ulong Cookie, GuestBuffer Response);

    /// <summary>Sends a request and returns status and value.</summary>
    public (byte Status, byte Value) Ask(ushort type, ushort line, uint value = 0)
    {
        GuestBuffer response = bench.Buffer([0xAA, 0xAA]);
        Assert.Equal(2u, bench.Do(Requests, Request(type, line, value).ToDevice, response.FromDevice));
        return (response.Span[0], response.Span[1]);
    }

    /// <summary>Sends a request that has to succeed and returns its value.</summary>
    public byte Get(ushort type, ushort line, uint value = 0)
    {
        (byte status, byte answer) = Ask(type, line, value);
        Assert.Equal(Ok, status);
        return answer;
    }

    /// <summary>Enables a line's interrupt.</summary>
    public void Enable(ushort line, uint type)
    {
        Get(SetDirection, line, In);
        Get(SetInterrupt, line, type);
    }

    public GuestBuffer Request(ushort type, ushort line, uint value)
    {
        GuestBuffer request = bench.Buffer(8);
        BinaryPrimitives.WriteUInt16LittleEndian(request.Span, type);
        BinaryPrimitives.WriteUInt16LittleEndian(request.Span[2..], line);
        BinaryPrimitives.WriteUInt32LittleEndian(request.Span[4..], value);
        return request;
    }

    /// <summary>Posts a buffer for a line's next interrupt.</summary>
    public Unmasked Unmask(ushort line)
    {
        GuestBuffer request = bench.Buffer([(byte)line, (byte)(line >> 8)]);
        GuestBuffer response = bench.Buffer([0xAA]);
        return new(bench.Post(Events, request.ToDevice, response.FromDevice), response);
    }

    /// <summary>Waits for a buffer to come back and returns its status.</summary>
    public byte Hear(Unmasked unmasked)
    {
        Assert.Equal(1u, bench.Await(Events, unmasked.Cookie));
        return unmasked.Response.Span[0];
    }

    /// <summary>Whether a buffer is still with the device, after the device has looked at everything that came before.</summary>
    public bool IsWaiting(Unmasked unmasked)
    {
        // The eventq has answered something newer, so it has seen the older one too.
        Assert.Equal(Invalid, Hear(Unmask(ushort.MaxValue)));
        return !bench.IsUsed(Events, unmasked.Cookie);
    }
}
