namespace Stratos.Fabric.Linux.Tests.Errors;

public sealed class LinuxExceptionTests
{
    [Fact]
    public void The_message_names_the_call_the_target_and_the_answer()
    {
        LinuxException error = new("mmap", Errno.ENOMEM, "guest memory");
        Assert.Equal("mmap of 'guest memory' failed: ENOMEM (Cannot allocate memory)", error.Message);
        Assert.Equal(("mmap", Errno.ENOMEM, "guest memory"), (error.Operation, error.Error, error.Target));
    }

    [Fact]
    public void The_target_may_be_missing_and_a_reason_may_be_added()
    {
        Assert.Equal("eventfd failed: EMFILE (Too many open files)", new LinuxException("eventfd", Errno.EMFILE).Message);
        Assert.Equal(
            "bind of '/a' failed: EADDRINUSE (Address already in use): another process listens there",
            new LinuxException("bind", Errno.EADDRINUSE, "/a", "another process listens there").Message);
    }

    [Fact]
    public void A_result_is_a_count_or_an_error()
    {
        IoResult good = IoResult.Success(7);
        IoResult bad = IoResult.Failure(Errno.EAGAIN);
        Assert.Equal((7L, Errno.None, true, false), (good.Bytes, good.Error, good.IsSuccess, good.IsWouldBlock));
        Assert.Equal((0L, Errno.EAGAIN, false, true), (bad.Bytes, bad.Error, bad.IsSuccess, bad.IsWouldBlock));
        Assert.True(IoResult.Failure(Errno.EPIPE).IsClosed);
        Assert.True(IoResult.Failure(Errno.ECONNRESET).IsClosed);
        Assert.Equal(7, good.OrThrow("read"));
        Assert.Equal(Errno.EIO, Assert.Throws<LinuxException>(() => IoResult.Failure(Errno.EIO).OrThrow("read")).Error);
        Assert.Throws<ArgumentOutOfRangeException>(() => IoResult.Success(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => IoResult.Failure(Errno.None));
    }

    [Fact]
    public void Every_error_number_is_the_one_that_the_C_library_knows_by_its_text()
    {
        Assert.Equal("Stale file handle", System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage((int)Errno.ESTALE));
        Assert.Equal("Connection refused", System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage((int)Errno.ECONNREFUSED));
        Assert.Equal("Operation not supported", System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage((int)Errno.EOPNOTSUPP));
    }
}
