using System.Security.Cryptography.X509Certificates;
using Akka.Remote.Transport.DotNetty;
using Stratos.Actors.Settings;

namespace Stratos.Actors.Membership;

/// <summary>Mutual TLS between members: each side proves that the fabric's own authority signed its certificate.</summary>
internal static class MutualTlsSetup
{
    /// <summary>Loads the certificates.</summary>
    /// <exception cref="FabricSettingsException">A file cannot be read, or does not hold what it should.</exception>
    public static DotNettySslSetup Of(TransportSecurity.MutualTls tls)
    {
        try
        {
            using var pem = X509Certificate2.CreateFromPemFile(tls.Certificate, tls.Key);
            // A key that came from PEM is ephemeral; through PKCS#12 the TLS stack takes it on every platform.
            var certificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
            var authority = X509CertificateLoader.LoadCertificateFromFile(tls.Authority);
            return new DotNettySslSetup(
                certificate,
                suppressValidation: false,
                requireMutualAuthentication: true,
                // Partitions move between addresses; who they are is what the authority vouches for.
                validateCertificateHostname: false,
                customValidator: (peer, _, _, _, _) => peer is not null && IsSignedBy(authority, peer));
        }
        catch (Exception unusable) when (unusable is IOException or System.Security.Cryptography.CryptographicException or UnauthorizedAccessException)
        {
            throw new FabricSettingsException(
                $"The certificates of stratos.cluster.security cannot be used: {unusable.Message} Give PEM files: certificate, its private key, and the authority.", unusable);
        }
    }

    private static bool IsSignedBy(X509Certificate2 authority, X509Certificate2 peer)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        // The authority signs for this fabric alone and its certificates are replaced, not revoked.
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(peer);
    }
}
