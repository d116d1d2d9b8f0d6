namespace Stratos.Lab;

/// <summary>QEMU refused a command, or went away before it answered.</summary>
public sealed class QmpException(string message, Exception? cause = null) : Exception(message, cause);
