using System.Security.Cryptography;

namespace Stratos.Fabric.Devices.Rpmb;

/// <summary>
/// Computes MACs under one key: HMAC-SHA256 over the protected parts of one frame or of several in their order
/// (virtio 1.4, section 5.12.6.1). One thread at a time; no call allocates.
/// </summary>
public sealed class RpmbAuthenticator : IDisposable
{
    private readonly IncrementalHash _hash;

    /// <summary>Takes the key.</summary>
    /// <param name="key">32 bytes.</param>
    public RpmbAuthenticator(ReadOnlySpan<byte> key)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, RpmbFrame.MacLength);
        _hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
    }

    /// <summary>Adds a frame to the message.</summary>
    public void Add(RpmbFrame frame) => Add(frame.Protected);

    internal void Add(ReadOnlySpan<byte> message) => _hash.AppendData(message);

    /// <summary>Writes the MAC of what was added, and begins a new message.</summary>
    /// <param name="mac">32 bytes.</param>
    public void Finish(Span<byte> mac) => _hash.GetHashAndReset(mac);

    /// <summary>Compares the MAC of what was added with another, in a time that tells nothing, and begins a new message.</summary>
    public bool Matches(ReadOnlySpan<byte> mac)
    {
        Span<byte> own = stackalloc byte[RpmbFrame.MacLength];
        Finish(own);
        return CryptographicOperations.FixedTimeEquals(own, mac);
    }

    /// <summary>Forgets the key.</summary>
    public void Dispose() => _hash.Dispose();
}
