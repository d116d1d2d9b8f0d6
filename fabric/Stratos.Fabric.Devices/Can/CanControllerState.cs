namespace Stratos.Fabric.Devices.Can;

/// <summary>Whether a CAN controller takes part in its bus.</summary>
public enum CanControllerState
{
    /// <summary>It does not; the initial state.</summary>
    Stopped = 0,

    /// <summary>It sends, receives and acknowledges.</summary>
    Started = 1,

    /// <summary>Too many of its frames were destroyed: it has left the bus by itself until it is started again.</summary>
    BusOff = 2,
}
