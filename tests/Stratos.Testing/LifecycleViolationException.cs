namespace Stratos.Testing;

/// <summary>A transport used a device in a way that the device contract does not allow.</summary>
public sealed class LifecycleViolationException(string message) : Exception(message);
