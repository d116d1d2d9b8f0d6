using Stratos.Fabric.Devices.Rpmb;

namespace Stratos.Guest.Tests;

/// <summary>A request to two RPMB devices, and how far they must answer it alike.</summary>
/// <param name="What">What it is, for messages.</param>
/// <param name="Line">The request as <c>stratos-driver rpmb frames</c> takes it.</param>
/// <param name="Agreement">How far the responses must agree.</param>
internal sealed record RpmbExchange(string What, string Line, RpmbAgreement Agreement = RpmbAgreement.Whole)
{
    /// <summary>Requests of every kind, each at its place in one life of a device of 512 blocks without a key.</summary>
    public static IEnumerable<RpmbExchange> Script()
    {
        yield return new("counter without a key", Counter(9), RpmbAgreement.Result);
        yield return new("write without a key", Write(0, 0, 1), RpmbAgreement.Result);
        yield return new("read without a key", Read(0, 1, 9), RpmbAgreement.Result);
        yield return new("key", RpmbFrames.Line(1, RpmbFrames.ProgramKey(RpmbFrames.Key), RpmbFrames.ResultRead));
        yield return new("second key", RpmbFrames.Line(1, RpmbFrames.ProgramKey(new byte[32]), RpmbFrames.ResultRead));
        yield return new("counter", Counter(10));
        for (uint i = 0; i < 8; i++)
        {
            yield return new($"write {i}", Write((ushort)(i * 73), i, (byte)(0x40 + i)));
            yield return new($"counter after write {i}", Counter((byte)(20 + i)));
            yield return new($"read {i}", Read((ushort)(i * 73), 1, (byte)(30 + i)));
        }
        yield return new("write with an old counter", Write(0, 3, 1), RpmbAgreement.Result);
        yield return new("write with a counter to come", Write(0, 9, 1), RpmbAgreement.Result);
        yield return new("write under another key", Write(0, 8, 1, new byte[32]), RpmbAgreement.Result);
        yield return new("counter after refusals", Counter(50));
        yield return new("read of the last block", Read(511, 1, 51));
        yield return new("read of three blocks", Read(73, 3, 52));
        yield return new("write of the last block", Write(511, 8, 0xEE));
        yield return new("read of the last block again", Read(511, 1, 53));
        yield return new("counter at the end", Counter(54));
        yield return new("read beyond the end", Read(512, 1, 55), RpmbAgreement.AddressFailureOfOursAlone);
        yield return new("write beyond the end", Write(512, 9, 1), RpmbAgreement.AddressFailureOfOursAlone);
    }

    /// <summary>What is wrong with two responses in hexadecimal digits; null if they agree as far as they must.</summary>
    public string? Difference(string ours, string theirs)
    {
        if (ours.Length != theirs.Length) { return $"{ours.Length / 2} bytes instead of {theirs.Length / 2}"; }
        string seen = $"last fields ours {ours[^56..]}, QEMU {theirs[^56..]}";
        return Agreement switch
        {
            RpmbAgreement.Whole => ours == theirs ? null : $"from digit {ours.AsSpan().CommonPrefixLength(theirs)}; {seen}",
            RpmbAgreement.Result => ours[^8..] == theirs[^8..] ? null : seen,
            _ => ours[^8..^4] == "0004" && theirs[^8..^4] == "0000" ? null : seen,
        };
    }

    private static string Counter(byte nonce) => RpmbFrames.Line(1, RpmbFrames.Plain(RpmbRequestType.GetWriteCounter, nonce: nonce));

    private static string Read(ushort address, ushort blocks, byte nonce) =>
        RpmbFrames.Line(blocks, RpmbFrames.Plain(RpmbRequestType.DataRead, address, blocks, nonce));

    private static string Write(ushort address, uint counter, byte value, byte[]? key = null) =>
        RpmbFrames.Line(1, RpmbFrames.Write(address, counter, value, key), RpmbFrames.ResultRead);
}
