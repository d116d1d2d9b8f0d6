using System.Diagnostics;
using Stratos.Actors.Supervision;

namespace Stratos.Actors.Partitions;

/// <summary>What holds for every device of a partition.</summary>
/// <param name="Supervision">How failures are answered.</param>
/// <param name="AnswerLimit">How long an operation may take; longer than <paramref name="DrainLimit"/>.</param>
/// <param name="DrainLimit">How long a queue's requests in flight may take when the queue stops.</param>
/// <param name="SessionLimit">How long a session may take to end.</param>
internal sealed record PartitionRules(SupervisionPolicy Supervision, TimeSpan AnswerLimit, TimeSpan DrainLimit, TimeSpan SessionLimit)
{
    private readonly long _origin = Stopwatch.GetTimestamp();

    /// <summary>Time since the partition began; never steps back.</summary>
    public TimeSpan Now => Stopwatch.GetElapsedTime(_origin);
}
