namespace Stratos.Lab;

/// <summary>
/// A guest did not do what was waited for: it hung, panicked, ended early, or its QEMU died. The message says
/// which, and ends with the last lines of what is known.
/// </summary>
public class GuestException(string message, GuestResult result) : Exception(message)
{
    /// <summary>Everything that is known of the run so far.</summary>
    public GuestResult Result { get; } = result;
}

/// <summary>What was waited for did not come in time.</summary>
public sealed class GuestDeadlineException(string message, GuestResult result) : GuestException(message, result);
