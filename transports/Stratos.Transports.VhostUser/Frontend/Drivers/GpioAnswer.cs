namespace Stratos.Transports.VhostUser.Frontend.Drivers;

/// <summary>What a GPIO device answered to a request.</summary>
/// <param name="Status">The status: 0 for success, 1 for failure; anything else is the device's error.</param>
/// <param name="Value">The request's value.</param>
/// <param name="Written">Bytes that the device says it wrote.</param>
public readonly record struct GpioAnswer(byte Status, byte Value, uint Written)
{
    /// <summary>Whether the request succeeded and the answer is whole.</summary>
    public bool IsOk => Status == 0 && Written == 2;
}
