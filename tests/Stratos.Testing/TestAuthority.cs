using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Stratos.Testing;

/// <summary>An authority that signs certificates for partitions, into files of its own folder.</summary>
public sealed class TestAuthority : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _certificate;
    private readonly string _folder = Directory.CreateTempSubdirectory("stratos-certificates-").FullName;

    /// <summary>Makes an authority.</summary>
    /// <param name="name">Its name in its certificate.</param>
    public TestAuthority(string name)
    {
        var request = new CertificateRequest($"CN={name}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(AuthorityFile, _certificate.ExportCertificatePem());
    }

    private string AuthorityFile => Path.Combine(_folder, "authority.pem");

    /// <summary>Signs a certificate for a partition, valid for an hour.</summary>
    /// <returns>Paths of the certificate, its private key, and the authority's certificate: PEM files.</returns>
    public (string Certificate, string Key, string Authority) Issue(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], false));
        using var certificate = request.Create(
            _certificate, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1), RandomNumberGenerator.GetBytes(8));
        string signed = Path.Combine(_folder, $"{name}.pem");
        string secret = Path.Combine(_folder, $"{name}.key");
        File.WriteAllText(signed, certificate.ExportCertificatePem());
        File.WriteAllText(secret, key.ExportPkcs8PrivateKeyPem());
        return (signed, secret, AuthorityFile);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _key.Dispose();
        _certificate.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
