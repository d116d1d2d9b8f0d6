namespace Stratos.Actors.Settings;

/// <summary>How members of the cluster authenticate each other.</summary>
public abstract record TransportSecurity
{
    /// <summary>Not at all: for one machine's loopback and for tests.</summary>
    public sealed record None : TransportSecurity;

    /// <summary>Mutual TLS: both sides show a certificate of one authority.</summary>
    /// <param name="Certificate">PEM file of this partition's certificate.</param>
    /// <param name="Key">PEM file of its private key.</param>
    /// <param name="Authority">PEM file of the authority that signs the certificates of all partitions, and of nobody else.</param>
    public sealed record MutualTls(string Certificate, string Key, string Authority) : TransportSecurity;
}
