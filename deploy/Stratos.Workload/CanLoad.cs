using System.Buffers.Binary;
using Stratos.Transports.VhostUser.Frontend.Drivers;

namespace Stratos.Workload;

/// <summary>
/// Sends numbered frames, classic and FD in turn, from one controller to another on the same bus, and checks that each
/// arrives once and in order, and that each was acknowledged as sent. Both controllers must have been started.
/// </summary>
public sealed class CanLoad : Load
{
    /// <summary>Frames that are sent and not received yet, at most: fewer than the bus keeps for a receiver.</summary>
    private const int MostAhead = 256;

    private readonly CanDriver _sender;
    private readonly CanDriver _receiver;
    private readonly Random _random;
    private readonly byte[] _data = new byte[CanMessage.MaxData];
    private ulong _sent;
    private ulong _received;

    /// <summary>Makes a load.</summary>
    /// <param name="sender">Sends; nobody else sends on the bus.</param>
    /// <param name="receiver">Receives.</param>
    /// <param name="options">The options.</param>
    public CanLoad(CanDriver sender, CanDriver receiver, LoadOptions options)
        : base("can", sender.Frontend, options)
    {
        (_sender, _receiver) = (sender, receiver);
        _random = new(options.Seed);
    }

    /// <inheritdoc/>
    public override int Depth => _sender.Transmitter.Ring.Size;

    private protected override int InFlight => _sender.Sending + (int)(_sent - _received);

    private protected override bool Wait(TimeSpan timeout) =>
        (_sender.Sending > 0 ? _sender.Transmitter : _receiver.Receiver).WaitForUsed(timeout);

    private protected override int Submit(int most)
    {
        var submitted = 0;
        for (; submitted < most && _sent - _received < MostAhead; submitted++)
        {
            var fast = _random.Next(2) == 0;
            var length = fast ? _random.Next(8, CanMessage.MaxData + 1) : 8;
            BinaryPrimitives.WriteUInt64LittleEndian(_data, _sent);
            _data.AsSpan(8).Fill((byte)_sent);
            var flags = CanMessage.Extended | (fast ? CanMessage.FlexibleDataRate : 0);
            if (!_sender.TrySend(new CanMessage((uint)_sent & 0x1FFF_FFFF, flags, _data.AsSpan(0, length)), out _))
                break;
            _sent++;
        }
        return submitted;
    }

    private protected override int Take()
    {
        var taken = 0;
        for (; _sender.TryTakeSent(out var slot, out var sent); taken++)
        {
            if (!sent)
                Account.AddFailed($"the frame of slot {slot} was refused or cancelled");
        }
        for (; _receiver.TryReceive(out var message); taken++)
            Check(message);
        return taken;
    }

    private void Check(CanMessage message)
    {
        if (message.Data.Length < 8 || message.Data[8..].ContainsAnyExcept((byte)message.Id))
        {
            Account.AddCorrupted($"frame {message.Id:X} has other data than were sent");
            return;
        }
        var number = BinaryPrimitives.ReadUInt64LittleEndian(message.Data);
        if (number < _received)
        {
            Account.AddRepeated($"frame {number} came again, or late, after frame {_received - 1}");
            return;
        }
        if (number > _received)
            Account.AddLost((long)(number - _received), $"frame {number} came in place of frame {_received}");
        _received = number + 1;
        Account.AddDone();
    }
}
