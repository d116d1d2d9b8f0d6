namespace Stratos.Fabric.Devices.Rpmb.Client;

/// <summary>A response is not what the owner of the key would have sent to this request. Trust nothing of it.</summary>
public sealed class RpmbForgeryException(string message) : Exception(message);
