using System.Security.Cryptography;

namespace Stratos.Fabric.Devices.Rpmb.Client;

/// <summary>
/// Who owns the key: makes requests and believes only responses that bear its MAC and its nonce (virtio 1.4, section
/// 5.12.6). Over any channel; one thread.
/// </summary>
/// <param name="channel">How frames reach the device.</param>
/// <param name="key">The authentication key, 32 bytes.</param>
/// <param name="mostBlocks">The most blocks in one read or write.</param>
public sealed class RpmbClient(IRpmbChannel channel, ReadOnlySpan<byte> key, int mostBlocks = 32) : IDisposable
{
    private readonly byte[] _key = key.ToArray();
    private readonly RpmbAuthenticator _authenticator = new(key);
    private readonly byte[] _request = new byte[(mostBlocks + 1) * RpmbFrame.Length];
    private readonly byte[] _response = new byte[mostBlocks * RpmbFrame.Length];

    /// <summary>Programs the key.</summary>
    public RpmbResult ProgramKey()
    {
        RpmbFrame frame = Begin(0, RpmbRequestType.ProgramKey, blocks: 1);
        _key.CopyTo(frame.KeyMac);
        Begin(1, RpmbRequestType.ResultRead, blocks: 1);
        RpmbFrame answer = Exchange(requestFrames: 2, RpmbRequestType.ProgramKey);
        if (answer.Result is RpmbResult.Ok) { Verify(answer); }
        return answer.Result;
    }

    /// <summary>Reads the write counter.</summary>
    public RpmbResult ReadCounter(out uint counter)
    {
        RpmbFrame frame = Begin(0, RpmbRequestType.GetWriteCounter, blocks: 1);
        RandomNumberGenerator.Fill(frame.Nonce);
        RpmbFrame answer = Exchange(requestFrames: 1, RpmbRequestType.GetWriteCounter);
        counter = answer.WriteCounter;
        if (answer.Result is not RpmbResult.NoAuthKey) { Verify(answer); }
        return RequireNonce(frame, answer);
    }

    /// <summary>Writes blocks.</summary>
    /// <param name="address">The first block.</param>
    /// <param name="data">Whole blocks of 256 bytes, at least one.</param>
    /// <param name="counter">The device's write counter.</param>
    /// <remarks>A response that says OK has a counter one higher, which is checked. One that says CountFailure for a counter that is one behind may mean that this very write was done before: read it back.</remarks>
    public RpmbResult Write(ushort address, ReadOnlySpan<byte> data, uint counter)
    {
        int blocks = data.Length / RpmbFrame.BlockLength;
        for (int i = 0; i < blocks; i++)
        {
            RpmbFrame frame = Begin(i, RpmbRequestType.DataWrite, (ushort)blocks);
            (frame.Address, frame.WriteCounter) = (address, counter);
            data.Slice(i * RpmbFrame.BlockLength, RpmbFrame.BlockLength).CopyTo(frame.Data);
            _authenticator.Add(frame);
            if (i == blocks - 1) { _authenticator.Finish(frame.KeyMac); }
        }
        Begin(blocks, RpmbRequestType.ResultRead, blocks: 1);
        RpmbFrame answer = Exchange(blocks + 1, RpmbRequestType.DataWrite);
        if (answer.Result is not RpmbResult.Ok) { return answer.Result; }
        Verify(answer);
        return answer.WriteCounter == counter + 1 && answer.Address == address
            ? RpmbResult.Ok
            : throw new RpmbForgeryException($"A write at {address} with counter {counter} was answered for address {answer.Address} with counter {answer.WriteCounter}.");
    }

    /// <summary>Reads blocks.</summary>
    /// <param name="address">The first block.</param>
    /// <param name="data">Room for whole blocks of 256 bytes, at least one; filled if the result is OK.</param>
    public RpmbResult Read(ushort address, Span<byte> data)
    {
        int blocks = data.Length / RpmbFrame.BlockLength;
        RpmbFrame asked = Begin(0, RpmbRequestType.DataRead, (ushort)blocks);
        asked.Address = address;
        RandomNumberGenerator.Fill(asked.Nonce);
        RpmbFrame first = Exchange(requestFrames: 1, RpmbRequestType.DataRead, blocks);
        if ((first.Result & ~RpmbResult.WriteCounterExpired) is not RpmbResult.Ok) { return RequireNonce(asked, first); }
        for (int i = 0; i < blocks; i++)
        {
            RpmbFrame frame = Frame(_response, i);
            RequireNonce(asked, frame);
            if (frame.Address != address || frame.BlockCount != blocks) { throw new RpmbForgeryException($"A read of {blocks} blocks at {address} was answered with {frame.BlockCount} at {frame.Address}."); }
            _authenticator.Add(frame);
            frame.Data.CopyTo(data[(i * RpmbFrame.BlockLength)..]);
        }
        RequireMac(Frame(_response, blocks - 1));
        return first.Result;
    }

    /// <summary>Forgets the key.</summary>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_key);
        _authenticator.Dispose();
    }

    private static RpmbFrame Frame(byte[] frames, int index) => new(frames.AsSpan(index * RpmbFrame.Length, RpmbFrame.Length));

    private RpmbFrame Begin(int index, RpmbRequestType request, ushort blocks)
    {
        RpmbFrame frame = Frame(_request, index);
        frame.Bytes.Clear();
        (frame.Request, frame.BlockCount) = (request, blocks);
        return frame;
    }

    private RpmbFrame Exchange(int requestFrames, RpmbRequestType request, int responseFrames = 1)
    {
        Array.Clear(_response);
        int length = channel.Exchange(_request.AsSpan(0, requestFrames * RpmbFrame.Length), _response.AsSpan(0, responseFrames * RpmbFrame.Length));
        RpmbFrame first = Frame(_response, 0);
        bool whole = length == responseFrames * RpmbFrame.Length || (length == RpmbFrame.Length && first.Result is not RpmbResult.Ok);
        return whole && first.ResponseTo == request
            ? first
            : throw new RpmbForgeryException($"{request} was answered with {length} bytes of a response to {first.ResponseTo}.");
    }

    private void Verify(RpmbFrame frame)
    {
        _authenticator.Add(frame);
        RequireMac(frame);
    }

    private void RequireMac(RpmbFrame frame)
    {
        if (!_authenticator.Matches(frame.KeyMac)) { throw new RpmbForgeryException("A response's MAC is not this key's."); }
    }

    private static RpmbResult RequireNonce(RpmbFrame asked, RpmbFrame answer) => asked.Nonce.SequenceEqual(answer.Nonce)
        ? answer.Result
        : throw new RpmbForgeryException("A response bears another request's nonce: it was played back.");
}
