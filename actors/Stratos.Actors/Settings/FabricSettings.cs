using Akka.Configuration;
using Stratos.Actors.Supervision;

namespace Stratos.Actors.Settings;

/// <summary>
/// All settings of a partition, read from the <c>stratos</c> block of <c>akka.hocon</c> and validated as a whole. There
/// are no silent defaults: the file in the repository's root has every key.
/// </summary>
public sealed record FabricSettings
{
    /// <summary>The partition's name: unique in the cluster.</summary>
    public required string Name { get; init; }

    /// <summary>What the partition is for.</summary>
    public required PartitionRole Role { get; init; }

    /// <summary>Whether the data path is run once over a private ring before the first device is served, so that a standby is warm.</summary>
    public required bool Rehearse { get; init; }

    /// <summary>Membership.</summary>
    public required ClusterSettings Cluster { get; init; }

    /// <summary>Time limits of device operations.</summary>
    public required OperationSettings Operations { get; init; }

    /// <summary>How failures are answered.</summary>
    public required SupervisionPolicy Supervision { get; init; }

    /// <summary>The text that the settings are from. Its <c>akka</c> block goes to the actor library as it is, for settings that have no key of ours.</summary>
    public required string Text { get; init; }

    /// <summary>Reads and validates a settings file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="environment">What overrides it; see <see cref="FabricEnvironment"/>.</param>
    /// <exception cref="FabricSettingsException">The file cannot be read, a key is unknown, missing or invalid; the message names it and the remedy.</exception>
    public static FabricSettings Load(string path, FabricEnvironment? environment = null)
    {
        try
        {
            return Parse(File.ReadAllText(path), environment, path);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new FabricSettingsException($"The settings file {path} cannot be read: {unreadable.Message} Name another one.", unreadable);
        }
    }

    /// <summary>Reads and validates settings from a text.</summary>
    /// <param name="hocon">The text.</param>
    /// <param name="environment">What overrides it.</param>
    /// <param name="source">Where the text is from, for messages.</param>
    /// <exception cref="FabricSettingsException">A key is unknown, missing or invalid.</exception>
    public static FabricSettings Parse(string hocon, FabricEnvironment? environment = null, string source = "akka.hocon")
    {
        ArgumentNullException.ThrowIfNull(hocon);
        // The actor library's parser turns a missing substitution into a value that contains itself.
        if (hocon.Split('\n').FirstOrDefault(line => !line.TrimStart().StartsWith('#') && line.Contains("${", StringComparison.Ordinal)) is { } line)
            throw new FabricSettingsException(
                $"{source}: \"{line.Trim()}\" has a substitution. Write the value, or override it by the environment: {FabricEnvironment.Names}.");
        Config config;
        try
        {
            config = ConfigurationFactory.ParseString(hocon);
        }
        catch (Exception malformed)
        {
            throw new FabricSettingsException(
                $"{source} is not HOCON: {malformed.Message} Write one key a line, without commas, includes and ${{}} substitutions.", malformed);
        }
        return FabricSettingsReader.Read(hocon, new HoconSection(source, config), environment ?? FabricEnvironment.None);
    }
}
