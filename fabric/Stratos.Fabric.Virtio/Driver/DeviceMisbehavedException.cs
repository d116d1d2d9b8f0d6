namespace Stratos.Fabric.Virtio.Driver;

/// <summary>The device broke a rule of the ring: the message says which ring, which rule, and the numbers that were found.</summary>
/// <param name="message">What was found.</param>
/// <param name="unexpectedCompletion">Whether the device completed a request that it does not hold.</param>
public sealed class DeviceMisbehavedException(string message, bool unexpectedCompletion = false) : Exception(message)
{
    /// <summary>Whether the device completed a request that it does not hold: twice, or never posted.</summary>
    public bool IsUnexpectedCompletion { get; } = unexpectedCompletion;
}
