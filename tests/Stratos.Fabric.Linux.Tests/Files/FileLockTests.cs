namespace Stratos.Fabric.Linux.Tests.Files;

public sealed class FileLockTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    [Fact]
    public void One_open_file_has_the_lock_until_it_gives_it_back()
    {
        using var first = Open();
        using var second = Open();
        Assert.True(FileIo.Lock(first).IsSuccess);
        Assert.Equal(Errno.EAGAIN, FileIo.TryLock(second).Error);
        Assert.True(FileIo.Unlock(first).IsSuccess);
        Assert.True(FileIo.TryLock(second).IsSuccess);
    }

    [Fact]
    public void A_holder_that_closes_gives_it_back()
    {
        using var second = Open();
        using (var first = Open()) { Assert.True(FileIo.TryLock(first).IsSuccess); }
        Assert.True(FileIo.Lock(second).IsSuccess);
    }

    [Fact]
    public void Whoever_waits_gets_it_when_it_comes_back()
    {
        using var first = Open();
        using var second = Open();
        Assert.True(FileIo.Lock(first).IsSuccess);
        var waiter = new Thread(() => FileIo.Lock(second));
        waiter.Start();
        FileIo.Unlock(first);
        Assert.True(waiter.Join(TimeSpan.FromSeconds(30)));
        Assert.Equal(Errno.EAGAIN, FileIo.TryLock(first).Error);
    }

    public void Dispose() => File.Delete(_path);

    private FileDescriptor Open() => FileIo.OpenFile(_path, OpenFlags.ReadWrite);
}
