namespace Stratos.Transports.VirtioPci;

/// <summary>A PCI function cannot be driven; the message says why and the remedy.</summary>
public sealed class PciDeviceException(string message) : IOException(message);
