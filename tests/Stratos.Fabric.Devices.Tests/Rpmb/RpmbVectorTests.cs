using System.Text;
using Stratos.Fabric.Devices.Rpmb;
using Stratos.Testing;

namespace Stratos.Fabric.Devices.Tests.Rpmb;

/// <summary>The MAC against the vectors of RFC 4231. A key shorter than a block counts as if zeroes followed, so those of up to 32 bytes fit.</summary>
public sealed class RpmbVectorTests
{
    [Theory]
    [InlineData("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "4869205468657265", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")]
    [InlineData("4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd", "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe")]
    [InlineData("0102030405060708090a0b0c0d0e0f10111213141516171819", "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd", "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b")]
    [Proves("rpmb", "The MAC is calculated using HMAC SHA-256", "5.12.6.1", With = "RFC 4231")]
    public void The_mac_is_that_of_the_rfc(string key, string message, string mac)
    {
        byte[] padded = new byte[32];
        Convert.FromHexString(key).CopyTo(padded, 0);
        using RpmbAuthenticator authenticator = new(padded);
        authenticator.Add(Convert.FromHexString(message));
        Assert.True(authenticator.Matches(Convert.FromHexString(mac)));
        // A message in two pieces, right after another: nothing is left of the first.
        byte[] bytes = Convert.FromHexString(message);
        authenticator.Add(bytes.AsSpan(0, 3));
        authenticator.Add(bytes.AsSpan(3));
        byte[] again = new byte[32];
        authenticator.Finish(again);
        Assert.Equal(mac, Convert.ToHexStringLower(again));
    }

    [Fact]
    public void A_frame_has_the_fields_where_the_specification_has_them()
    {
        byte[] bytes = new byte[512];
        RpmbFrame frame = new(bytes) { WriteCounter = 0x01020304, Address = 0x0506, BlockCount = 0x0708, Result = (RpmbResult)0x090A, Request = (RpmbRequestType)0x0B0C };
        Encoding.ASCII.GetBytes("mac").CopyTo(frame.KeyMac);
        Encoding.ASCII.GetBytes("data").CopyTo(frame.Data);
        Encoding.ASCII.GetBytes("nonce").CopyTo(frame.Nonce);
        Assert.Equal("6D6163", Convert.ToHexString(bytes, 196, 3));
        Assert.Equal("64617461", Convert.ToHexString(bytes, 228, 4));
        Assert.Equal("6E6F6E6365", Convert.ToHexString(bytes, 484, 5));
        Assert.Equal("0102030405060708090A0B0C", Convert.ToHexString(bytes, 500, 12));
        Assert.Equal(284, frame.Protected.Length);
    }
}
