namespace Stratos.Workload.Tests;

/// <summary>What a block must hold, and every way in which it may not.</summary>
public sealed class BlockModelTests
{
    private readonly BlockModel _model = new(4);
    private readonly byte[] _block = new byte[4096];

    [Fact]
    public void A_written_block_is_as_written()
    {
        Write(2, request: 17);
        Assert.True(_model.IsKnown(2));
        Assert.Null(_model.Check(2, _block));
        Assert.False(_model.IsKnown(1));
    }

    [Fact]
    public void A_write_that_is_not_there_is_found()
    {
        Write(2, request: 17);
        var old = _block.ToArray();
        Write(2, request: 18);
        Assert.Contains("generation 2 was acknowledged: a write was lost, or an older one ran again", _model.Check(2, old), StringComparison.Ordinal);
    }

    [Fact]
    public void A_write_that_nobody_acknowledged_is_found()
    {
        Write(2, request: 17);
        new BlockStamp(18, 2, 2).Write(_block);
        Assert.Contains("the last that was acknowledged is request 17", _model.Check(2, _block), StringComparison.Ordinal);
    }

    [Fact]
    public void The_content_of_another_block_is_found()
    {
        Write(1, request: 16);
        var other = _block.ToArray();
        Write(2, request: 17);
        Assert.Contains("holds what request 16 wrote to block 1", _model.Check(2, other), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(31)]
    [InlineData(2000)]
    [InlineData(4095)]
    public void A_changed_byte_is_found(int at)
    {
        Write(2, request: 17);
        _block[at] ^= 1;
        Assert.NotNull(_model.Check(2, _block));
    }

    [Fact]
    public void A_torn_block_is_found()
    {
        Write(2, request: 17);
        var old = _block.ToArray();
        Write(2, request: 18);
        old.AsSpan(0, 2048).CopyTo(_block);
        Assert.Contains("damaged", _model.Check(2, _block), StringComparison.Ordinal);
    }

    [Fact]
    public void A_block_whose_write_failed_is_not_known()
    {
        Write(2, request: 17);
        _model.BeginWrite(2, 18);
        Assert.True(_model.IsBusy(2));
        _model.EndWrite(2, 18, succeeded: false);
        Assert.False(_model.IsKnown(2));
        Assert.False(_model.IsBusy(2));
    }

    private void Write(int block, ulong request)
    {
        _model.BeginWrite(block, request).Write(_block);
        _model.EndWrite(block, request, succeeded: true);
    }
}
