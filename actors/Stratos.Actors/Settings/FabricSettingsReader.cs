using System.Collections.Immutable;
using System.Globalization;
using Stratos.Actors.Supervision;

namespace Stratos.Actors.Settings;

/// <summary>
/// Binds a settings block to <see cref="FabricSettings"/>. Which keys there are is learned by reading them, so that a key
/// cannot be known and not read.
/// </summary>
internal sealed class FabricSettingsReader
{
    private const string Missing = "is missing; take it from the akka.hocon in the repository's root";

    private readonly HoconSection _section;
    private readonly FabricEnvironment _environment;
    private readonly HashSet<string> _known = [];
    private readonly List<string> _faults = [];

    private FabricSettingsReader(HoconSection section, FabricEnvironment environment) => (_section, _environment) = (section, environment);

    /// <summary>Reads everything, and reports all faults at once.</summary>
    public static FabricSettings Read(string text, HoconSection section, FabricEnvironment environment) =>
        new FabricSettingsReader(section, environment).Read(text);

    private FabricSettings Read(string text)
    {
        var settings = new FabricSettings
        {
            Name = Checked("partition.name", Text("partition.name"), IsName, "letters, digits, '-' and '_', beginning with a letter"),
            Role = Role("partition.role"),
            Rehearse = Flag("partition.rehearse"),
            Cluster = Cluster(),
            Operations = new(Time("operations.answer-limit"), Time("operations.drain-limit"), Time("operations.session-limit")),
            Supervision = new(Policy("queue", limited: true), Policy("device", limited: true), Policy("session", limited: false)),
            Text = text,
        };
        if (settings.Operations.AnswerLimit <= settings.Operations.DrainLimit)
            Fault("operations.answer-limit", "must be longer than operations.drain-limit, which an answer may have to wait for");
        if (settings.Cluster.AcceptablePause < settings.Cluster.HeartbeatInterval * 2)
            Fault("cluster.acceptable-pause", "must be at least two heartbeat intervals, or members lose each other without a fault");
        Unknown();
        return _faults.Count == 0 ? settings : throw new FabricSettingsException(string.Join(Environment.NewLine, _faults));
    }

    private ClusterSettings Cluster() => new(
        Flag("cluster.enabled"),
        Checked("cluster.host", Text("cluster.host"), text => Uri.CheckHostName(text) != UriHostNameType.Unknown, "a host name or an IP address"),
        Number("cluster.port", 0, ushort.MaxValue),
        Seeds("cluster.seeds"),
        Time("cluster.heartbeat-interval"),
        Time("cluster.acceptable-pause"),
        Time("cluster.leave-limit"),
        Security());

    private TransportSecurity Security()
    {
        string mode = Checked("cluster.security.mode", Text("cluster.security.mode"), text => text is "none" or "mutual-tls", "none or mutual-tls");
        // Certificates are known keys in every mode, so that a mode can be switched by its one key; they are needed in one.
        string[] keys = ["cluster.security.certificate", "cluster.security.key", "cluster.security.authority"];
        _known.UnionWith(keys);
        if (mode != "mutual-tls")
            return new TransportSecurity.None();
        string[] files = [.. keys.Select(key => Checked(key, Text(key), File.Exists, "an existing PEM file"))];
        return new TransportSecurity.MutualTls(files[0], files[1], files[2]);
    }

    private RestartPolicy Policy(string unit, bool limited)
    {
        string prefix = $"supervision.{unit}.";
        var policy = new RestartPolicy(
            limited ? Number(prefix + "limit", 0, 1000) : null, Time(prefix + "within"), Time(prefix + "first-delay"), Time(prefix + "longest-delay"));
        if (policy.LongestDelay < policy.FirstDelay)
            Fault(prefix + "longest-delay", "must not be shorter than first-delay");
        return policy;
    }

    private string Text(string key)
    {
        _known.Add(key);
        if (_environment.Override(key) is { } given)
            return given.Value;
        if (_section.Text(key) is { } text)
            return text;
        Fault(key, _section.Has(key) ? "must be a single value" : Missing);
        return "";
    }

    private ImmutableArray<string> Seeds(string key)
    {
        _known.Add(key);
        var seeds = _environment.Override(key) is { } given
            ? given.Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            : _section.List(key);
        if (seeds is null && !_section.Has(key))
            Fault(key, Missing);
        else if (seeds is null)
            Fault(key, "must be a list, such as [\"10.0.0.1:4053\"], or [] for a cluster of one");
        foreach (string seed in seeds ?? [])
            Checked(key, seed, IsEndpoint, "host:port");
        return [.. seeds ?? []];
    }

    private PartitionRole Role(string key) => Text(key) switch
    {
        "safety-island" => PartitionRole.SafetyIsland,
        "stub-vm" => PartitionRole.StubVm,
        "primary-vm" => PartitionRole.PrimaryVm,
        "" => default,
        var other => Refused<PartitionRole>(key, other, "safety-island, stub-vm or primary-vm"),
    };

    private bool Flag(string key) => Text(key) switch
    {
        "true" or "on" or "yes" => true,
        "false" or "off" or "no" or "" => false,
        var other => Refused<bool>(key, other, "true or false"),
    };

    private int Number(string key, int least, int most)
    {
        string text = Text(key);
        if (text.Length == 0)
            return least;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most
            ? number
            : Refused<int>(key, text, $"a number from {least} to {most}");
    }

    private TimeSpan Time(string key)
    {
        string text = Text(key);
        if (text.Length == 0)
            return default;
        return HoconSection.Time(text) is { } time && time > TimeSpan.Zero ? time : Refused<TimeSpan>(key, text, "a time such as 250ms or 5s");
    }

    private string Checked(string key, string text, Func<string, bool> isValid, string expected) =>
        text.Length == 0 || isValid(text) ? text : Refused<string>(key, text, expected) ?? "";

    private T? Refused<T>(string key, string text, string expected)
    {
        Fault(key, $"is \"{text}\", but must be {expected}");
        return default;
    }

    private void Unknown()
    {
        foreach (string key in _section.Keys.Where(key => !_known.Contains(key)))
            Fault(key, $"is not known; the nearest known key is stratos.{NearestName.Of(key, _known)}");
    }

    private void Fault(string key, string what) =>
        _faults.Add($"{_environment.Override(key)?.Source ?? $"{_section.Source}: stratos.{key}"} {what}.");

    private static bool IsName(string text) =>
        char.IsAsciiLetter(text[0]) && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_');

    private static bool IsEndpoint(string text) =>
        text.LastIndexOf(':') is > 0 and var colon &&
        Uri.CheckHostName(text[..colon]) != UriHostNameType.Unknown &&
        ushort.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) && port > 0;
}
