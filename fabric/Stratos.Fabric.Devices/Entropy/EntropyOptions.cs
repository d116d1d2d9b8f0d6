namespace Stratos.Fabric.Devices.Entropy;

/// <summary>How an entropy device is set up.</summary>
public sealed record EntropyOptions
{
    /// <summary>A host file to take the bytes from; null for the host's cryptographic generator.</summary>
    public string? File { get; init; }

    /// <summary>Opens what the options name.</summary>
    /// <exception cref="ArgumentException">The file cannot be used; the message names the option and the remedy.</exception>
    public IEntropySource OpenSource()
    {
        if (File is null) { return new SystemEntropySource(); }
        try
        {
            return new FileEntropySource(File);
        }
        catch (IOException failure)
        {
            throw new ArgumentException($"file: '{File}' cannot be read ({failure.Message}). Name a readable file such as /dev/urandom, or leave the option out.", failure);
        }
    }
}
