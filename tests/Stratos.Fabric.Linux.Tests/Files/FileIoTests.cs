using System.Text;

namespace Stratos.Fabric.Linux.Tests.Files;

public sealed unsafe class FileIoTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();
    private readonly FileDescriptor _file;

    public FileIoTests() => _file = FileIo.OpenFile(_path, OpenFlags.ReadWrite);

    public void Dispose()
    {
        _file.Dispose();
        File.Delete(_path);
    }

    [Fact]
    public void Vectors_are_written_and_read_in_order()
    {
        byte[] first = "hello "u8.ToArray();
        byte[] second = "vectors"u8.ToArray();
        fixed (byte* one = first)
        fixed (byte* two = second)
        {
            IoVector[] vectors = [new((nint)one, 6), new((nint)two, 7)];
            Assert.Equal(13, FileIo.WriteVector(_file, vectors, 5).Bytes);
            first.AsSpan().Clear();
            second.AsSpan().Clear();
            Assert.Equal(13, FileIo.ReadVector(_file, vectors, 5).Bytes);
        }
        Assert.Equal("hello vectors", Encoding.UTF8.GetString([.. first, .. second]));
        Assert.Equal(18UL, FileIo.FileSize(_file));
    }

    [Fact]
    public void Errors_and_the_end_are_values()
    {
        byte[] buffer = new byte[8];
        Assert.Equal(IoResult.Success(0), FileIo.ReadAt(_file, buffer, 1000));
        Assert.Equal(Errno.EINVAL, FileIo.ReadAt(_file, buffer, ulong.MaxValue).Error);
        Assert.Equal(Errno.EINVAL, FileIo.WriteAt(_file, buffer, 1UL << 63).Error);
        Assert.Equal(Errno.EINVAL, FileIo.ReadVector(_file, [], ulong.MaxValue).Error);
        Assert.Equal(Errno.EINVAL, FileIo.WriteVector(_file, [], ulong.MaxValue).Error);
        Assert.Equal(Errno.EFAULT, FileIo.WriteVector(_file, [new IoVector(16, 8)], 0).Error);
        using FileDescriptor readOnly = FileIo.OpenFile(_path, OpenFlags.ReadOnly);
        Assert.Equal(Errno.EBADF, FileIo.WriteAt(readOnly, buffer, 0).Error);
        using FileDescriptor full = FileIo.OpenFile("/dev/full", OpenFlags.ReadWrite);
        Assert.Equal(Errno.ENOSPC, FileIo.Write(full, buffer).Error);
    }

    [Fact]
    public void Of_too_many_vectors_the_first_are_used()
    {
        byte value = 1;
        IoVector[] vectors = [.. Enumerable.Repeat(new IoVector((nint)(&value), 1), FileIo.MaxVectors + 1)];
        Assert.Equal(FileIo.MaxVectors, FileIo.WriteVector(_file, vectors, 0).Bytes);
    }

    [Fact]
    public void Discarding_makes_zeroes_and_frees_storage()
    {
        byte[] data = new byte[3 * 65536];
        data.AsSpan().Fill(7);
        Assert.Equal(data.Length, FileIo.WriteAt(_file, data, 0).Bytes);
        Assert.True(FileIo.DataSync(_file).IsSuccess);
        Assert.True(FileIo.Sync(_file).IsSuccess);
        ulong allocated = FileIo.GetStatus(_file).AllocatedBytes;

        Assert.Equal(Errno.None, FileIo.Discard(_file, 65536, 65536).Error);

        Assert.Equal((ulong)data.Length, FileIo.FileSize(_file));
        Assert.True(FileIo.GetStatus(_file).AllocatedBytes < allocated);
        FileIo.ReadAt(_file, data, 0);
        Assert.Equal(-1, data.AsSpan(65536, 65536).IndexOfAnyExcept((byte)0));
        Assert.Equal(-1, data.AsSpan(131072).IndexOfAnyExcept((byte)7));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Zeroes_are_written_or_the_refusal_is_a_value(bool mayDiscard)
    {
        byte[] data = new byte[65536];
        data.AsSpan().Fill(7);
        FileIo.WriteAt(_file, data, 0);
        IoResult result = FileIo.WriteZeroes(_file, 100, 5000, mayDiscard);
        if (!result.IsSuccess)
        {
            Assert.Equal(Errno.EOPNOTSUPP, result.Error);
            Assert.False(mayDiscard);
            return;
        }
        FileIo.ReadAt(_file, data, 0);
        Assert.Equal(-1, data.AsSpan(100, 5000).IndexOfAnyExcept((byte)0));
        Assert.Equal((7, 7), (data[99], data[5100]));
        Assert.Equal(Errno.EFBIG, FileIo.WriteZeroes(_file, ulong.MaxValue, 1, mayDiscard).Error);
        Assert.Equal(Errno.EINVAL, FileIo.WriteZeroes(_file, 0, 0, mayDiscard).Error);
    }

    [Fact]
    public void Opening_obeys_its_flags()
    {
        Assert.Equal(Errno.EEXIST, Assert.Throws<LinuxException>(() => FileIo.OpenFile(_path, OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.WriteOnly)).Error);
        Assert.Equal(Errno.ENOTDIR, Assert.Throws<LinuxException>(() => FileIo.OpenFile(_path, OpenFlags.Directory)).Error);
        LinuxException missing = Assert.Throws<LinuxException>(() => FileIo.OpenFile("/no/such", OpenFlags.ReadOnly));
        Assert.Equal("open of '/no/such' failed: ENOENT (No such file or directory)", missing.Message);
        string link = _path + ".link";
        File.CreateSymbolicLink(link, _path);
        Assert.Equal(Errno.ELOOP, Assert.Throws<LinuxException>(() => FileIo.OpenFile(link, OpenFlags.NoFollow)).Error);
        File.Delete(link);
        FileIo.WriteAt(_file, [1, 2, 3], 0);
        FileIo.OpenFile(_path, OpenFlags.WriteOnly | OpenFlags.Truncate).Dispose();
        Assert.Equal(0UL, FileIo.FileSize(_file));
    }

    [Fact]
    public void The_status_tells_kinds_apart()
    {
        FileStatus status = FileIo.GetStatus(_file);
        Assert.Equal((FileKind.Regular, 0x180), (status.Kind, status.Permissions));
        Assert.True(status.BlockSize >= 512);
        using FileDescriptor again = FileIo.OpenFile(_path, OpenFlags.ReadOnly);
        Assert.Equal((status.Device, status.Inode), (FileIo.GetStatus(again).Device, FileIo.GetStatus(again).Inode));
        using EventFd line = EventFd.Create();
        using FileDescriptor nothing = FileIo.OpenFile("/dev/null", OpenFlags.ReadOnly);
        using FileDescriptor directory = FileIo.OpenFile("/", OpenFlags.Directory);
        (UnixStream first, UnixStream second) = UnixStream.Pair();
        Assert.Equal(FileKind.Anonymous, FileIo.GetStatus(line.Descriptor).Kind);
        Assert.Equal(FileKind.CharacterDevice, FileIo.GetStatus(nothing).Kind);
        Assert.Equal(FileKind.Directory, FileIo.GetStatus(directory).Kind);
        Assert.Equal(FileKind.Socket, FileIo.GetStatus(first.Descriptor).Kind);
        Assert.Throws<LinuxException>(() => FileIo.FileSize(nothing));
        first.Dispose();
        second.Dispose();
    }

    [Fact]
    public void Block_devices_have_the_size_and_blocks_that_sysfs_says()
    {
        Assert.Equal(512u, FileIo.GetBlockGeometry(_file).LogicalBlockSize);
        foreach (string entry in Directory.Exists("/sys/block") ? Directory.GetDirectories("/sys/block") : [])
        {
            FileDescriptor device;
            try { device = FileIo.OpenFile("/dev/" + Path.GetFileName(entry), OpenFlags.ReadOnly | OpenFlags.NonBlocking); }
            catch (LinuxException) { continue; }
            using (device)
            {
                Assert.Equal(ReadNumber($"{entry}/size") * 512, FileIo.FileSize(device));
                BlockGeometry geometry = FileIo.GetBlockGeometry(device);
                Assert.Equal(ReadNumber($"{entry}/queue/logical_block_size"), geometry.LogicalBlockSize);
                Assert.Equal(ReadNumber($"{entry}/queue/physical_block_size"), geometry.PhysicalBlockSize);
            }
        }

        static ulong ReadNumber(string path) => ulong.Parse(File.ReadAllText(path), System.Globalization.CultureInfo.InvariantCulture);
    }
}
