namespace Stratos.Fabric.Linux.Tests.Files;

public sealed class FileLockTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    [Fact]
    public void One_object_has_it_until_it_gives_it_back()
    {
        using var first = FileLock.Open(_path);
        using var second = FileLock.Open(_path);
        first.Enter();
        Assert.False(second.TryEnter());
        first.Exit();
        Assert.True(second.TryEnter());
    }

    [Fact]
    public void A_holder_that_closes_gives_it_back()
    {
        using var second = FileLock.Open(_path);
        using (var first = FileLock.Open(_path)) { Assert.True(first.TryEnter()); }
        second.Enter();
    }

    [Fact]
    public void A_file_that_is_not_there_is_named() =>
        Assert.Contains("/nowhere/lock", Assert.Throws<LinuxException>(() => FileLock.Open("/nowhere/lock")).Message, StringComparison.Ordinal);

    public void Dispose() => File.Delete(_path);
}
