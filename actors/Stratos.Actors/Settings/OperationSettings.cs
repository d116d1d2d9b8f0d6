namespace Stratos.Actors.Settings;

/// <summary>Time limits of device operations.</summary>
/// <param name="AnswerLimit">How long a device may take to answer an operation; longer than <paramref name="DrainLimit"/>.</param>
/// <param name="DrainLimit">How long a queue's requests in flight may take when it stops.</param>
/// <param name="SessionLimit">How long a transport session may take to end.</param>
public sealed record OperationSettings(TimeSpan AnswerLimit, TimeSpan DrainLimit, TimeSpan SessionLimit);
