namespace Stratos.Lab;

/// <summary>The lab cannot be had on this machine. The message says what is missing and how to get it.</summary>
public sealed class LabUnavailableException(string message, Exception? cause = null) : Exception(message, cause);
