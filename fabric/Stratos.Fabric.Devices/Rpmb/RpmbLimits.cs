namespace Stratos.Fabric.Devices.Rpmb;

/// <summary>The most blocks in one request (the fields <c>max_wr_cnt</c> and <c>max_rd_cnt</c> of virtio 1.4, section 5.12.4).</summary>
/// <param name="Write">Blocks that one write may have, 1 to 255.</param>
/// <param name="Read">Blocks that one read may have, 1 to 255.</param>
public readonly record struct RpmbLimits(int Write, int Read);
