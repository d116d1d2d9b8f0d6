using System.Runtime.InteropServices;
using System.Text;
using Stratos.Transports.VhostUser.Protocol.Messages;

namespace Stratos.Transports.VhostUser.Protocol.Keeper;

/// <summary>The payload of HELLO: who the worker is and which device it serves.</summary>
/// <remarks>On the wire: eight u32, two u64, the name in 64 bytes, the configuration space in 256; 368 bytes.</remarks>
public sealed record KeeperHello
{
    /// <summary>Length on the wire in bytes.</summary>
    public const int Length = 8 * sizeof(uint) + 2 * sizeof(ulong) + NameLength + ConfigCapacity;

    /// <summary>The version of the link that this is.</summary>
    public const uint CurrentVersion = 1;

    /// <summary>Bytes for the device's name.</summary>
    public const int NameLength = 64;

    /// <summary>Bytes for the configuration space.</summary>
    public const int ConfigCapacity = 256;

    /// <summary>The version of the link that the worker speaks.</summary>
    public uint LinkVersion { get; init; } = CurrentVersion;

    /// <summary>What the worker wants to be.</summary>
    public required KeeperRole Role { get; init; }

    /// <summary>The virtio device id.</summary>
    public required uint DeviceId { get; init; }

    /// <summary>Number of queues.</summary>
    public required uint Queues { get; init; }

    /// <summary>The largest size of any queue.</summary>
    public required uint MaxQueueSize { get; init; }

    /// <summary>Bytes of device state that must outlive the worker.</summary>
    public required uint StateLength { get; init; }

    /// <summary>All virtio features that are offered.</summary>
    public required ulong Features { get; init; }

    /// <summary>A random number that tells this worker process from another.</summary>
    public required ulong Instance { get; init; }

    /// <summary>The device's name within the fabric; at most 64 bytes of UTF-8.</summary>
    public required string Name { get; init; }

    /// <summary>The configuration space as it is now; at most 256 bytes.</summary>
    public required ReadOnlyMemory<byte> Config { get; init; }

    /// <summary>Appends the payload.</summary>
    /// <exception cref="ArgumentException">Name or configuration is too long.</exception>
    public void WriteTo(ref MessageWriter writer)
    {
        writer.Write(LinkVersion);
        writer.Write((uint)Role);
        writer.Write(DeviceId);
        writer.Write(Queues);
        writer.Write(MaxQueueSize);
        writer.Write(StateLength);
        writer.Write((uint)Config.Length);
        writer.Write(0u);
        writer.Write(Features);
        writer.Write(Instance);
        Span<byte> padded = stackalloc byte[NameLength + ConfigCapacity];
        padded.Clear();
        Encoding.UTF8.GetBytes(Name, padded[..NameLength]);
        Config.Span.CopyTo(padded[NameLength..]);
        writer.Write(padded);
    }

    /// <summary>Reads a payload of <see cref="Length"/> bytes.</summary>
    /// <param name="payload">The payload; its length was checked by the message's rule.</param>
    /// <param name="hello">What it says; null when it is wrong.</param>
    /// <returns>What is wrong, or null.</returns>
    public static string? Read(ReadOnlySpan<byte> payload, out KeeperHello? hello)
    {
        hello = null;
        var numbers = MemoryMarshal.Cast<byte, uint>(payload[..(8 * sizeof(uint))]);
        var reader = new MessageReader(payload[(8 * sizeof(uint))..]);
        var (features, instance) = (reader.Read<ulong>(), reader.Read<ulong>());
        var name = reader.Bytes(NameLength);
        if (numbers[6] > ConfigCapacity) return $"HELLO: configuration of {numbers[6]} bytes, at most {ConfigCapacity} expected";
        hello = new KeeperHello
        {
            LinkVersion = numbers[0], Role = (KeeperRole)numbers[1], DeviceId = numbers[2], Queues = numbers[3],
            MaxQueueSize = numbers[4], StateLength = numbers[5], Features = features, Instance = instance,
            Name = Encoding.UTF8.GetString(name.TrimEnd((byte)0)),
            Config = reader.Rest[..(int)numbers[6]].ToArray(),
        };
        return null;
    }
}
