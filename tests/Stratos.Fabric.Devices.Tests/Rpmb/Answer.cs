using Stratos.Fabric.Devices.Rpmb;

namespace Stratos.Fabric.Devices.Tests.Rpmb;

/// <summary>The response frames of one request, read back.</summary>
internal sealed class Answer(byte[] bytes)
{
    public int Frames => bytes.Length / RpmbFrame.Length;

    public RpmbResult Result => new RpmbFrame(bytes).Result;

    public RpmbRequestType To => new RpmbFrame(bytes).ResponseTo;

    public uint Counter => new RpmbFrame(bytes).WriteCounter;

    public ushort Address => new RpmbFrame(bytes).Address;

    public ushort BlockCount => new RpmbFrame(bytes).BlockCount;

    public byte[] Nonce => new RpmbFrame(bytes).Nonce.ToArray();

    public byte[] KeyMac => new RpmbFrame(bytes.AsSpan(bytes.Length - RpmbFrame.Length)).KeyMac.ToArray();

    public bool IsSigned => KeyMac.AsSpan().SequenceEqual(Rpmb.Frames.Mac(bytes));

    public byte[] Data(int block) => new RpmbFrame(bytes.AsSpan(block * RpmbFrame.Length, RpmbFrame.Length)).Data.ToArray();

    public byte[] Bytes => bytes;
}
