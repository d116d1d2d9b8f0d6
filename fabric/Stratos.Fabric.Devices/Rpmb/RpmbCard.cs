using System.Security.Cryptography;
using Stratos.Fabric.Devices.Rpmb.Store;

namespace Stratos.Fabric.Devices.Rpmb;

/// <summary>
/// The RPMB card (virtio 1.4, section 5.12.6; JESD84-B51, section 6.6.22): takes frames, checks them, changes the store,
/// answers with frames. It knows no queue. One thread at a time; no call allocates, but the one that programs the key.
/// </summary>
public sealed class RpmbCard : IDisposable
{
    private readonly RpmbStore _store;
    private readonly RpmbLimits _limits;
    private readonly byte[] _response = new byte[RpmbFrame.Length];
    private RpmbAuthenticator? _authenticator;

    /// <summary>Makes a card on a store, which it disposes.</summary>
    public RpmbCard(RpmbStore store, RpmbLimits limits)
    {
        ArgumentNullException.ThrowIfNull(store);
        (_store, _limits) = (store, limits);
        if (store.HasKey) { _authenticator = new(store.Key); }
    }

    /// <summary>Whether no request ever waits for storage.</summary>
    public bool IsImmediate => _store.IsImmediate;

    /// <summary>Carries out one request.</summary>
    /// <param name="frames">A copy of its frames that nobody else changes: whole ones, at least one.</param>
    /// <param name="room">Response frames that there is room for.</param>
    /// <param name="exchange">Takes the response.</param>
    /// <returns>The number of response frames.</returns>
    public int Perform(Span<byte> frames, int room, IRpmbExchange exchange)
    {
        ArgumentNullException.ThrowIfNull(exchange);
        RpmbRequest request = new(frames);
        bool coherent = request.IsCoherent();
        switch (request.Type)
        {
            case RpmbRequestType.ProgramKey:
                return End(request, coherent ? ProgramKey(request, exchange) : RpmbResult.GeneralFailure, exchange);
            case RpmbRequestType.DataWrite:
                return End(request, coherent ? Write(request, exchange) : RpmbResult.GeneralFailure, exchange);
            case RpmbRequestType.GetWriteCounter:
                return ReadCounter(request, coherent, exchange);
            case RpmbRequestType.DataRead:
                return Read(request, coherent ? CheckRead(request.First, room) : RpmbResult.GeneralFailure, exchange);
            case RpmbRequestType.ResultRead:
                return ReadResult(exchange, coherent && request.First.BlockCount == 1);
            default:
                return Refuse(request, exchange);
        }
    }

    /// <summary>
    /// Looks whether a key or write that a previous owner had started took effect. If it did, answers it; the store is the
    /// evidence, so there is no doubt.
    /// </summary>
    /// <param name="frames">A copy of its frames.</param>
    /// <param name="exchange">Takes the response.</param>
    /// <param name="responses">The number of response frames.</param>
    /// <returns>False if it had no effect: run it.</returns>
    public bool TryFinish(Span<byte> frames, IRpmbExchange exchange, out int responses)
    {
        ArgumentNullException.ThrowIfNull(exchange);
        RpmbRequest request = new(frames);
        responses = 0;
        bool done = request.IsCoherent() && request.Type switch
        {
            // It was started because there was no key, so the key that is there is its doing.
            RpmbRequestType.ProgramKey => _store.HasKey && CryptographicOperations.FixedTimeEquals(request.First.KeyMac, _store.Key),
            RpmbRequestType.DataWrite => _store.WriteCounter == request.First.WriteCounter + 1
                && CryptographicOperations.FixedTimeEquals(request.Frame(request.OperationFrames - 1).KeyMac, _store.LastWriteMac),
            _ => false,
        };
        if (done) { responses = End(request, RpmbResult.Ok, exchange); }
        return done;
    }

    /// <summary>Answers a request whose frames make no request with a general failure.</summary>
    /// <param name="frame">A copy of its first frame, which says what the response is to.</param>
    /// <param name="exchange">Takes the response.</param>
    /// <returns>The number of response frames.</returns>
    public int Refuse(Span<byte> frame, IRpmbExchange exchange)
    {
        ArgumentNullException.ThrowIfNull(exchange);
        RpmbRequest request = new(frame);
        if (request.Type is RpmbRequestType.ProgramKey or RpmbRequestType.DataWrite) { End(request, RpmbResult.GeneralFailure, exchange); }
        return Refuse(request, exchange);
    }

    /// <summary>Lets go of the store.</summary>
    public void Dispose()
    {
        _authenticator?.Dispose();
        _store.Dispose();
    }

    private RpmbResult ProgramKey(RpmbRequest request, IRpmbExchange exchange)
    {
        if (request.First.BlockCount != 1) { return RpmbResult.GeneralFailure; }
        if (_store.HasKey) { return RpmbResult.WriteFailure; }
        exchange.Starting();
        if (!_store.TryProgramKey(request.First.KeyMac)) { return RpmbResult.WriteFailure; }
        _authenticator = new(_store.Key);
        return RpmbResult.Ok;
    }

    private RpmbResult Write(RpmbRequest request, IRpmbExchange exchange)
    {
        RpmbFrame first = request.First;
        int count = first.BlockCount;
        if (_authenticator is null) { return RpmbResult.NoAuthKey; }
        if (count == 0 || count > _limits.Write || count != request.OperationFrames) { return RpmbResult.GeneralFailure; }
        if (_store.WriteCounter == uint.MaxValue) { return RpmbResult.WriteCounterExpired; }
        if (first.Address + count > _store.Blocks) { return RpmbResult.AddrFailure; }
        for (int i = 0; i < count; i++) { _authenticator.Add(request.Frame(i)); }
        ReadOnlySpan<byte> mac = request.Frame(count - 1).KeyMac;
        if (!_authenticator.Matches(mac)) { return RpmbResult.AuthFailure; }
        if (first.WriteCounter != _store.WriteCounter) { return RpmbResult.CountFailure; }
        if (!_store.TryBeginWrite(first.Address, count)) { return RpmbResult.WriteFailure; }
        for (int i = 0; i < count; i++) { request.Frame(i).Data.CopyTo(_store.Staged(i)); }
        exchange.Starting();
        return _store.TryCommitWrite(mac) ? RpmbResult.Ok : RpmbResult.WriteFailure;
    }

    private int End(RpmbRequest request, RpmbResult result, IRpmbExchange exchange)
    {
        ushort address = request.Type is RpmbRequestType.DataWrite ? request.First.Address : (ushort)0;
        exchange.Ended(new(request.Type, WithExpiry(result), address, _store.WriteCounter));
        return request.HasResultRead ? RespondOutcome(exchange) : 0;
    }

    private int ReadResult(IRpmbExchange exchange, bool valid)
    {
        if (valid && exchange.LastOutcome.Operation is not RpmbRequestType.None) { return RespondOutcome(exchange); }
        RpmbFrame response = Response(RpmbRequestType.ResultRead, RpmbResult.GeneralFailure);
        return Send(response, exchange);
    }

    private int RespondOutcome(IRpmbExchange exchange)
    {
        RpmbOutcome outcome = exchange.LastOutcome;
        RpmbFrame response = Response(outcome.Operation, outcome.Result);
        if (outcome.Operation is RpmbRequestType.DataWrite) { (response.WriteCounter, response.Address) = (outcome.WriteCounter, outcome.Address); }
        return Send(response, exchange);
    }

    private int ReadCounter(RpmbRequest request, bool coherent, IRpmbExchange exchange)
    {
        RpmbResult result = _authenticator is null ? RpmbResult.NoAuthKey
            : !coherent || request.First.BlockCount != 1 ? RpmbResult.GeneralFailure
            : RpmbResult.Ok;
        RpmbFrame response = Response(RpmbRequestType.GetWriteCounter, WithExpiry(result));
        request.First.Nonce.CopyTo(response.Nonce);
        response.WriteCounter = _store.WriteCounter;
        return Send(response, exchange);
    }

    private RpmbResult CheckRead(RpmbFrame frame, int room)
    {
        int count = frame.BlockCount;
        if (_authenticator is null) { return RpmbResult.NoAuthKey; }
        if (count == 0 || count > _limits.Read || count > room) { return RpmbResult.GeneralFailure; }
        return frame.Address + count > _store.Blocks ? RpmbResult.AddrFailure : RpmbResult.Ok;
    }

    private int Read(RpmbRequest request, RpmbResult result, IRpmbExchange exchange)
    {
        RpmbFrame asked = request.First;
        int count = result is RpmbResult.Ok ? asked.BlockCount : 0;
        RpmbFrame response = Response(RpmbRequestType.DataRead, WithExpiry(result));
        asked.Nonce.CopyTo(response.Nonce);
        (response.Address, response.BlockCount) = (asked.Address, asked.BlockCount);
        for (int i = 0; i < count; i++)
        {
            if (!_store.TryRead(asked.Address + i, response.Data)) { return Damaged(response, exchange); }
            _authenticator!.Add(response);
            if (i == count - 1) { _authenticator.Finish(response.KeyMac); }
            exchange.Respond(i, response.Bytes);
        }
        return count > 0 ? count : Send(response, exchange);
    }

    /// <summary>Replaces what was answered of a read by one frame that says that it failed.</summary>
    private int Damaged(RpmbFrame response, IRpmbExchange exchange)
    {
        // What was added for the frames before is no part of the new message.
        _authenticator!.Finish(response.KeyMac);
        response.KeyMac.Clear();
        response.Data.Clear();
        response.Result = WithExpiry(RpmbResult.ReadFailure);
        return Send(response, exchange);
    }

    private int Refuse(RpmbRequest request, IRpmbExchange exchange) =>
        Send(Response(request.Type, WithExpiry(RpmbResult.GeneralFailure)), exchange);

    /// <summary>Sends the one frame of a response, with its MAC if there is a key.</summary>
    private int Send(RpmbFrame response, IRpmbExchange exchange)
    {
        if (_authenticator is not null)
        {
            _authenticator.Add(response);
            _authenticator.Finish(response.KeyMac);
        }
        exchange.Respond(0, response.Bytes);
        return 1;
    }

    private RpmbFrame Response(RpmbRequestType request, RpmbResult result)
    {
        _response.AsSpan().Clear();
        return new RpmbFrame(_response) { ResponseTo = request, Result = result };
    }

    private RpmbResult WithExpiry(RpmbResult result) =>
        _store.HasKey && _store.WriteCounter == uint.MaxValue ? result | RpmbResult.WriteCounterExpired : result;
}
