namespace Stratos.Fabric.Linux;

/// <summary>How a receive on a stream ended.</summary>
public enum ReceiveStatus
{
    /// <summary>Bytes arrived, perhaps with descriptors.</summary>
    Received = 0,

    /// <summary>The stream is non-blocking and nothing is there.</summary>
    WouldBlock = 1,

    /// <summary>The peer has closed, or died.</summary>
    Closed = 2,

    /// <summary>Bytes arrived, but more descriptors came with them than there was room for: all of them were closed.</summary>
    DescriptorsTruncated = 3,
}
