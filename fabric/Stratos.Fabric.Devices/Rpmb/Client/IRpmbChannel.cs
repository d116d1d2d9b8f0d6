namespace Stratos.Fabric.Devices.Rpmb.Client;

/// <summary>How a client's frames reach a device: a virtqueue, or an eMMC's partition.</summary>
public interface IRpmbChannel
{
    /// <summary>Sends the frames of one request and waits for its response.</summary>
    /// <param name="request">Whole frames; a key or write ends with a result read.</param>
    /// <param name="response">Room for whole frames.</param>
    /// <returns>The number of bytes in <paramref name="response"/>.</returns>
    int Exchange(ReadOnlySpan<byte> request, Span<byte> response);
}
