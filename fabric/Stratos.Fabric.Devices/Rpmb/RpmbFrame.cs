using System.Buffers.Binary;

namespace Stratos.Fabric.Devices.Rpmb;

/// <summary>
/// One RPMB frame over 512 bytes (virtio 1.4, section 5.12.6.1; JESD84-B51, section 6.6.22): stuff 196, key or MAC 32,
/// data 256, nonce 16, then big-endian write counter, address, block count, result, request or response.
/// </summary>
/// <param name="bytes">The frame's 512 bytes.</param>
public readonly ref struct RpmbFrame(Span<byte> bytes)
{
    /// <summary>Length of a frame in bytes.</summary>
    public const int Length = 512;

    /// <summary>Length of a block of data in bytes.</summary>
    public const int BlockLength = 256;

    /// <summary>Length of the key and of a MAC in bytes.</summary>
    public const int MacLength = 32;

    /// <summary>Length of a nonce in bytes.</summary>
    public const int NonceLength = 16;

    /// <summary>Where the part begins that the MAC protects; it reaches to the frame's end.</summary>
    public const int ProtectedAt = 228;

    private const int MacAt = 196;
    private const int NonceAt = 484;
    private const int CounterAt = 500;
    private const int AddressAt = 504;
    private const int BlockCountAt = 506;
    private const int ResultAt = 508;
    private const int TypeAt = 510;

    private readonly Span<byte> _bytes = bytes[..Length];

    /// <summary>All bytes.</summary>
    public Span<byte> Bytes => _bytes;

    /// <summary>What the MAC protects: everything from the data on.</summary>
    public ReadOnlySpan<byte> Protected => _bytes[ProtectedAt..];

    /// <summary>The key of a request to program it, the MAC of any other frame.</summary>
    public Span<byte> KeyMac => _bytes.Slice(MacAt, MacLength);

    /// <summary>One block of data.</summary>
    public Span<byte> Data => _bytes.Slice(ProtectedAt, BlockLength);

    /// <summary>The driver's random number, which the device sends back.</summary>
    public Span<byte> Nonce => _bytes.Slice(NonceAt, NonceLength);

    /// <summary>The write counter.</summary>
    public uint WriteCounter
    {
        get => BinaryPrimitives.ReadUInt32BigEndian(_bytes[CounterAt..]);
        set => BinaryPrimitives.WriteUInt32BigEndian(_bytes[CounterAt..], value);
    }

    /// <summary>The number of the first block.</summary>
    public ushort Address
    {
        get => Word(AddressAt);
        set => SetWord(AddressAt, value);
    }

    /// <summary>The number of blocks.</summary>
    public ushort BlockCount
    {
        get => Word(BlockCountAt);
        set => SetWord(BlockCountAt, value);
    }

    /// <summary>What became of the request.</summary>
    public RpmbResult Result
    {
        get => (RpmbResult)Word(ResultAt);
        set => SetWord(ResultAt, (ushort)value);
    }

    /// <summary>The type of a request.</summary>
    public RpmbRequestType Request
    {
        get => (RpmbRequestType)Word(TypeAt);
        set => SetWord(TypeAt, (ushort)value);
    }

    /// <summary>The request that a response answers. An unknown request's type is cut to its lower eight bits.</summary>
    public RpmbRequestType ResponseTo
    {
        get => (RpmbRequestType)(Word(TypeAt) >> 8);
        set => SetWord(TypeAt, (ushort)((ushort)value << 8));
    }

    private ushort Word(int at) => BinaryPrimitives.ReadUInt16BigEndian(_bytes[at..]);

    private void SetWord(int at, ushort value) => BinaryPrimitives.WriteUInt16BigEndian(_bytes[at..], value);
}
