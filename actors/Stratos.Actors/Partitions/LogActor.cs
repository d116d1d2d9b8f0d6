using System.Globalization;
using Akka.Actor;
using Akka.Event;
using Stratos.Actors.Supervision;

namespace Stratos.Actors.Partitions;

/// <summary>Writes what is published on its actor system's event stream to one text writer, a line each.</summary>
internal sealed class LogActor(string partition, TextWriter log) : UntypedActor
{
    private readonly LogLevel _least = Logging.LogLevelFor(Context.System.Settings.LogLevel);

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(SupervisionEvent));
        Context.System.EventStream.Subscribe(Self, typeof(LogEvent));
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case SupervisionEvent step:
                Write(step.At, step.Step is SupervisionStep.PartitionEnding ? "ERROR" : "WARNING", step.ToString());
                break;
            // Some lines of the library pass its own level.
            case LogEvent entry when entry.LogLevel() < _least:
                break;
            case LogEvent entry:
                Write(
                    new DateTimeOffset(entry.Timestamp.ToUniversalTime()),
                    entry.LogLevel().ToString().Replace("Level", "", StringComparison.Ordinal).ToUpperInvariant(),
                    entry.Cause is null ? $"{entry.Message}" : $"{entry.Message} {entry.Cause}");
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Write(DateTimeOffset at, string level, string text)
    {
        log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{at.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ} {level} {partition}: {text}"));
        log.Flush();
    }
}
