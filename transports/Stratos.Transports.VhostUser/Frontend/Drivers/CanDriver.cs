using System.Buffers.Binary;
using Stratos.Fabric.Virtio.Driver;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Transports.VhostUser.Frontend.Drivers;

/// <summary>A CAN controller's driver over a vhost-user frontend (virtio 1.4, section 5.20).</summary>
/// <remarks>One thread for sending, one for receiving and one for control; they may be the same. No allocation per frame.</remarks>
public sealed class CanDriver : IDisposable
{
    private const int TransmitQueue = 0;
    private const int ReceiveQueue = 1;
    private const int ControlQueue = 2;
    private const ushort QueueSize = 64;
    private const ulong AllFeatures = 0xF;
    private const ushort StartController = 0x0201;
    private const ushort StopController = 0x0202;
    private const byte Unwritten = 0xFF;

    private readonly FrontendQueue _transmit;
    private readonly FrontendQueue _receive;
    private readonly FrontendQueue _control;
    private readonly GuestBuffer[] _out = new GuestBuffer[QueueSize];
    private readonly GuestBuffer[] _results = new GuestBuffer[QueueSize];
    private readonly GuestBuffer[] _in = new GuestBuffer[QueueSize];
    private readonly GuestBuffer _command;
    private readonly GuestBuffer _commandResult;
    private readonly Stack<int> _free = new(Enumerable.Range(0, QueueSize).Reverse());
    private int _returning = -1;

    private CanDriver(VhostUserFrontend frontend)
    {
        Frontend = frontend;
        _transmit = frontend.AddQueue(TransmitQueue, QueueSize);
        _receive = frontend.AddQueue(ReceiveQueue, QueueSize);
        _control = frontend.AddQueue(ControlQueue, QueueSize);
        var heaps = frontend.Memory.Heaps;
        for (var i = 0; i < QueueSize; i++)
        {
            _out[i] = heaps[i % heaps.Count].Allocate(CanMessage.MaxLength);
            _results[i] = heaps[(i + 1) % heaps.Count].Allocate(1, 1);
            _in[i] = heaps[i % heaps.Count].Allocate(CanMessage.MaxLength);
        }
        _command = heaps[0].Allocate(sizeof(ushort));
        _commandResult = heaps[0].Allocate(1, 1);
    }

    /// <summary>What to ask for: all frame types, late acknowledgement, and all that the rings know.</summary>
    public static FrontendOptions DefaultOptions => new() { Features = AllFeatures | VirtioFeatures.Rings, RequiredFeatures = VirtioFeatures.Version1 };

    /// <summary>Sets the queues up over a frontend that was connected, starts the device and gives it all receive buffers. The controller is stopped.</summary>
    /// <param name="frontend">The frontend; owned by the driver.</param>
    public static CanDriver Start(VhostUserFrontend frontend)
    {
        ArgumentNullException.ThrowIfNull(frontend);
        var driver = new CanDriver(frontend);
        frontend.Start();
        for (var i = 0; i < QueueSize; i++)
            driver._receive.Ring.TryAdd([driver._in[i].FromDevice], (ulong)i);
        driver._receive.Kick();
        return driver;
    }

    /// <summary>The frontend underneath.</summary>
    public VhostUserFrontend Frontend { get; }

    /// <summary>The transmit queue underneath.</summary>
    public FrontendQueue Transmitter => _transmit;

    /// <summary>The receive queue underneath.</summary>
    public FrontendQueue Receiver => _receive;

    /// <summary>Frames that were sent and not acknowledged yet.</summary>
    public int Sending => _transmit.Ring.InFlight;

    /// <summary>Whether the controller has left the bus because of too many errors (VIRTIO_CAN_S_CTRL_BUSOFF).</summary>
    public bool IsBusOff
    {
        get
        {
            Span<byte> status = stackalloc byte[sizeof(ushort)];
            Frontend.ReadConfig(0, status);
            return (BinaryPrimitives.ReadUInt16LittleEndian(status) & 1) != 0;
        }
    }

    /// <summary>Starts or stops the controller and waits for the answer.</summary>
    /// <returns>Whether the device did it.</returns>
    /// <exception cref="TimeoutException">It did not answer in time.</exception>
    public bool SetStarted(bool start, TimeSpan timeout)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_command.Span, start ? StartController : StopController);
        _commandResult.Span[0] = Unwritten;
        _control.Ring.TryAdd([_command.ToDevice, _commandResult.FromDevice], 0);
        _control.Kick();
        if (!_control.WaitForUsed(timeout) || !_control.Ring.TryTake(out _, out _))
            throw new TimeoutException($"{Frontend.Peer}: the controller did not {(start ? "start" : "stop")} within {timeout.TotalSeconds:0.###} s.");
        return _commandResult.Span[0] == 0;
    }

    /// <summary>Sends a frame.</summary>
    /// <param name="message">The frame, of at most <see cref="CanMessage.MaxData"/> bytes.</param>
    /// <param name="slot">Names it in <see cref="TryTakeSent"/>.</param>
    /// <returns>False if the ring is full.</returns>
    public bool TrySend(CanMessage message, out int slot)
    {
        if (!_free.TryPop(out slot))
            return false;
        _results[slot].Span[0] = Unwritten;
        var length = message.Write(_out[slot].Span);
        if (!_transmit.Ring.TryAdd([_out[slot].Slice(0, length).ToDevice, _results[slot].FromDevice], (ulong)slot))
        {
            _free.Push(slot);
            return false;
        }
        _transmit.Kick();
        return true;
    }

    /// <summary>Takes an acknowledgement.</summary>
    /// <param name="slot">The frame that it is about.</param>
    /// <param name="sent">Whether the frame was sent.</param>
    public bool TryTakeSent(out int slot, out bool sent)
    {
        (slot, sent) = (-1, false);
        if (!_transmit.Ring.TryTake(out var cookie, out var written))
            return false;
        slot = (int)cookie;
        sent = written == 1 && _results[slot].Span[0] == 0;
        _free.Push(slot);
        return true;
    }

    /// <summary>Takes a received frame; its buffer goes back to the device with the next call.</summary>
    public bool TryReceive(out CanMessage message)
    {
        message = default;
        if (_returning >= 0)
        {
            _receive.Ring.TryAdd([_in[_returning].FromDevice], (ulong)_returning);
            _receive.Kick();
            _returning = -1;
        }
        if (!_receive.Ring.TryTake(out var slot, out var written))
            return false;
        _returning = (int)slot;
        if (written < CanMessage.HeaderLength)
            throw new DeviceMisbehavedException($"{Frontend.Peer}: a received frame has {written} bytes; its header alone has {CanMessage.HeaderLength}.");
        message = CanMessage.Read(_in[_returning].Span[..(int)written]);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => Frontend.Dispose();
}
