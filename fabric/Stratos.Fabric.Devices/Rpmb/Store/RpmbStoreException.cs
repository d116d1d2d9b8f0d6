namespace Stratos.Fabric.Devices.Rpmb.Store;

/// <summary>A file cannot serve as RPMB; the message names it, the reason and the remedy.</summary>
public sealed class RpmbStoreException(string message) : IOException(message);
