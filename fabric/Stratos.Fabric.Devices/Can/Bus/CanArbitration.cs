namespace Stratos.Fabric.Devices.Can.Bus;

/// <summary>Which of several frames that begin together stays on the bus (ISO 11898-1, section 10.5.2).</summary>
public static class CanArbitration
{
    private const uint Recessive = 1;

    /// <summary>
    /// The bits of the arbitration field as one number, first bit highest: 11 bits of identifier, RTR or SRR, IDE, 18 bits
    /// of identifier, RTR. A dominant bit is zero, so the lowest number wins.
    /// </summary>
    public static uint Key(in CanFrame frame)
    {
        uint remote = frame.IsRemoteRequest ? Recessive : 0;
        return frame.IsExtended
            ? ((frame.Id >> 18) << 21) | (Recessive << 20) | (Recessive << 19) | ((frame.Id & 0x3FFFF) << 1) | remote
            : (frame.Id << 21) | (remote << 20);
    }
}
