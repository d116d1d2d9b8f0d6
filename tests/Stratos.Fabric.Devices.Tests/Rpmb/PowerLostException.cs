namespace Stratos.Fabric.Devices.Tests.Rpmb;

/// <summary>The power is gone; what runs has ended.</summary>
internal sealed class PowerLostException : Exception;
