namespace Stratos.Fabric.Devices.Entropy;

/// <summary>Host port: where an entropy device takes its bytes.</summary>
public interface IEntropySource : IDisposable
{
    /// <summary>Fills the beginning of <paramref name="destination"/> with random bytes, without waiting. One thread at a time.</summary>
    /// <returns>The number of bytes that there were; 0 if there are none now.</returns>
    int Fill(Span<byte> destination);
}
