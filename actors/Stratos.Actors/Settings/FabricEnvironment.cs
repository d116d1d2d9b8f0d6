using System.Collections;
using System.Collections.Immutable;

namespace Stratos.Actors.Settings;

/// <summary>
/// The settings that differ from process to process, as the environment may give them: <c>STRATOS_PARTITION_NAME</c>,
/// <c>STRATOS_PARTITION_ROLE</c>, <c>STRATOS_CLUSTER_HOST</c>, <c>STRATOS_CLUSTER_PORT</c>, <c>STRATOS_CLUSTER_SEEDS</c>
/// (separated by commas). They override the file; they are validated like the file's.
/// </summary>
public sealed record FabricEnvironment
{
    private const string Prefix = "STRATOS_";

    private static readonly ImmutableDictionary<string, string> Keys = new Dictionary<string, string>
    {
        ["PARTITION_NAME"] = "partition.name",
        ["PARTITION_ROLE"] = "partition.role",
        ["CLUSTER_HOST"] = "cluster.host",
        ["CLUSTER_PORT"] = "cluster.port",
        ["CLUSTER_SEEDS"] = "cluster.seeds",
    }.ToImmutableDictionary();

    /// <summary>The variables, for messages.</summary>
    internal static string Names => string.Join(", ", Keys.Keys.Select(key => Prefix + key).Order());

    private readonly ImmutableDictionary<string, string> _values;

    private FabricEnvironment(ImmutableDictionary<string, string> values) => _values = values;

    /// <summary>Nothing is overridden.</summary>
    public static FabricEnvironment None { get; } = new(ImmutableDictionary<string, string>.Empty);

    /// <summary>Takes the overrides from environment variables. Other variables, of ours or not, are not looked at.</summary>
    /// <param name="variables">As <see cref="Environment.GetEnvironmentVariables()"/> gives them.</param>
    public static FabricEnvironment From(IDictionary variables)
    {
        ArgumentNullException.ThrowIfNull(variables);
        return new(Keys
            .Where(key => variables[Prefix + key.Key] is string { Length: > 0 })
            .ToImmutableDictionary(key => key.Value, key => (string)variables[Prefix + key.Key]!));
    }

    /// <summary>The override of a key, and the variable that it is from; null when there is none.</summary>
    internal (string Value, string Source)? Override(string key) =>
        _values.TryGetValue(key, out string? value) ? (value, Prefix + Keys.First(pair => pair.Value == key).Key) : null;
}
