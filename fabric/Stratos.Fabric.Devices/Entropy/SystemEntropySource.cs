using System.Security.Cryptography;

namespace Stratos.Fabric.Devices.Entropy;

/// <summary>The host's cryptographic random number generator. It never runs dry.</summary>
public sealed class SystemEntropySource : IEntropySource
{
    /// <inheritdoc/>
    public int Fill(Span<byte> destination)
    {
        RandomNumberGenerator.Fill(destination);
        return destination.Length;
    }

    /// <inheritdoc/>
    public void Dispose() { }
}
