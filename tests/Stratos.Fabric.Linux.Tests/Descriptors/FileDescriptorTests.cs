namespace Stratos.Fabric.Linux.Tests.Descriptors;

public sealed class FileDescriptorTests
{
    [Fact]
    public void Disposal_closes_once_and_the_number_is_refused_afterwards()
    {
        FileDescriptor descriptor = FileIo.OpenFile("/dev/null", OpenFlags.ReadOnly);
        int before = ProcessResources.Descriptors;
        descriptor.Dispose();
        descriptor.Dispose();
        Assert.Equal(before - 1, ProcessResources.Descriptors);
        Assert.Throws<ObjectDisposedException>(() => descriptor.Number);
        Assert.Throws<ObjectDisposedException>(() => FileIo.Read(descriptor, new byte[1]));
    }

    [Fact]
    public void A_duplicate_outlives_the_original_and_is_closed_on_exec()
    {
        FileDescriptor original = FileIo.OpenFile("/dev/zero", OpenFlags.ReadOnly);
        using FileDescriptor duplicate = original.Duplicate();
        original.Dispose();
        Assert.Equal(4, FileIo.Read(duplicate, new byte[4]).Bytes);
        string flags = File.ReadLines($"/proc/self/fdinfo/{duplicate.Number}").Single(line => line.StartsWith("flags:", StringComparison.Ordinal));
        Assert.EndsWith("2100000", flags, StringComparison.Ordinal); // octal: close on exec, large file
    }

    [Fact]
    public void A_negative_number_is_no_descriptor()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new FileDescriptor(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => FileDescriptor.FromRaw(-5));
    }

    [Fact]
    public void Blocking_can_be_switched()
    {
        (UnixStream first, UnixStream second) = UnixStream.Pair();
        using (first)
        using (second)
        {
            Assert.False(first.IsNonBlocking);
            first.IsNonBlocking = true;
            Assert.True(first.IsNonBlocking);
            Assert.False(second.IsNonBlocking);
        }
    }
}
