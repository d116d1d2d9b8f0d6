using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Stratos.Actors.Settings;

namespace Stratos.Actors.Tests.Testing;

/// <summary>An authority that signs certificates for partitions, into files of its own folder.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _certificate;
    private readonly string _folder = Directory.CreateTempSubdirectory("stratos-certificates-").FullName;

    public TestAuthority(string name)
    {
        var request = new CertificateRequest($"CN={name}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(AuthorityFile, _certificate.ExportCertificatePem());
    }

    private string AuthorityFile => Path.Combine(_folder, "authority.pem");

    /// <summary>Signs a certificate for a partition.</summary>
    public TransportSecurity.MutualTls Issue(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], false));
        using var certificate = request.Create(
            _certificate, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1), RandomNumberGenerator.GetBytes(8));
        var tls = new TransportSecurity.MutualTls(Path.Combine(_folder, $"{name}.pem"), Path.Combine(_folder, $"{name}.key"), AuthorityFile);
        File.WriteAllText(tls.Certificate, certificate.ExportCertificatePem());
        File.WriteAllText(tls.Key, key.ExportPkcs8PrivateKeyPem());
        return tls;
    }

    public void Dispose()
    {
        _key.Dispose();
        _certificate.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
