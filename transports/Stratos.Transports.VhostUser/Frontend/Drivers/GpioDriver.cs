using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Stratos.Fabric.Virtio.Driver;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Transports.VhostUser.Frontend.Drivers;

/// <summary>A GPIO device's driver over a vhost-user frontend (virtio 1.4, section 5.18). One thread; no allocation per request.</summary>
public sealed class GpioDriver : IDisposable
{
    private const ulong Interrupts = 1;
    private const int ConfigLength = 8;
    private const int RequestLength = 8;
    private const int AnswerLength = 2;
    private const byte Unwritten = 0xFF;

    private readonly GuestBuffer[] _requests;
    private readonly GuestBuffer[] _answers;
    private readonly GuestBuffer[] _unmasking;
    private readonly GuestBuffer[] _events;
    private readonly int _namesLength;

    private GpioDriver(VhostUserFrontend frontend, int depth)
    {
        Frontend = frontend;
        Span<byte> config = stackalloc byte[ConfigLength];
        frontend.ReadConfig(0, config);
        LineCount = BinaryPrimitives.ReadUInt16LittleEndian(config);
        _namesLength = BinaryPrimitives.ReadInt32LittleEndian(config[4..]);
        Requester = frontend.AddQueue(0, (ushort)BitOperations.RoundUpToPowerOf2((uint)depth * 2));
        Listener = HasInterrupts ? frontend.AddQueue(1, (ushort)Math.Min(256, BitOperations.RoundUpToPowerOf2((uint)LineCount * 2))) : null;
        var heap = frontend.Memory.Heaps[0];
        _requests = Allocate(heap, depth, RequestLength);
        _answers = Allocate(heap, depth, AnswerLength);
        _unmasking = Allocate(heap, LineCount, sizeof(ushort));
        _events = Allocate(heap, LineCount, 1);
    }

    /// <summary>What to ask for, for a GPIO device.</summary>
    public static FrontendOptions DefaultOptions => new() { Features = VirtioFeatures.Rings | Interrupts, RequiredFeatures = VirtioFeatures.Version1 };

    /// <summary>Sets the queues up over a frontend that was connected, and starts the device.</summary>
    /// <param name="frontend">The frontend; owned by the driver.</param>
    /// <param name="depth">Requests in flight, at most; 1 to 128.</param>
    public static GpioDriver Start(VhostUserFrontend frontend, int depth = 1)
    {
        ArgumentNullException.ThrowIfNull(frontend);
        ArgumentOutOfRangeException.ThrowIfLessThan(depth, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(depth, 128);
        var driver = new GpioDriver(frontend, depth);
        frontend.Start();
        return driver;
    }

    /// <summary>The frontend underneath.</summary>
    public VhostUserFrontend Frontend { get; }

    /// <summary>The request queue underneath.</summary>
    public FrontendQueue Requester { get; }

    /// <summary>The event queue underneath; null without interrupts.</summary>
    public FrontendQueue? Listener { get; }

    /// <summary>Whether lines make interrupts (VIRTIO_GPIO_F_IRQ).</summary>
    public bool HasInterrupts => (Frontend.Features & Interrupts) != 0;

    /// <summary>Number of lines.</summary>
    public int LineCount { get; }

    /// <summary>Slots, that is, most requests in flight.</summary>
    public int Depth => _requests.Length;

    /// <summary>Sends a request and waits for its answer, when no other is in flight.</summary>
    /// <exception cref="TimeoutException">There was no answer in time.</exception>
    public GpioAnswer Ask(GpioRequestType type, int line, uint value, TimeSpan timeout)
    {
        if (!TryAsk(0, type, line, value))
            throw new InvalidOperationException($"{Requester.Ring.Name}: requests are in flight.");
        Kick();
        return Requester.WaitForUsed(timeout) && TryTakeAnswer(out _, out var answer)
            ? answer
            : throw new TimeoutException($"{Requester.Ring.Name}: {type} of line {line} was not answered within {timeout.TotalSeconds:0.###} s.");
    }

    /// <summary>Asks for the names of all lines; empty texts for lines without one.</summary>
    /// <exception cref="TimeoutException">There was no answer in time.</exception>
    /// <exception cref="InvalidDataException">The device's answer is not a block of names.</exception>
    public string[] ReadNames(TimeSpan timeout)
    {
        if (_namesLength == 0)
            return [.. Enumerable.Repeat("", LineCount)];
        var answer = Frontend.Memory.Heaps[0].Allocate(1 + _namesLength);
        Write(_requests[0], GpioRequestType.GetLineNames, 0, 0);
        if (!Requester.Ring.TryAdd([_requests[0].ToDevice, answer.FromDevice], 0))
            throw new InvalidOperationException($"{Requester.Ring.Name}: requests are in flight.");
        Kick();
        if (!Requester.WaitForUsed(timeout) || !Requester.Ring.TryTake(out _, out var written))
            throw new TimeoutException($"{Requester.Ring.Name}: the names were not told within {timeout.TotalSeconds:0.###} s.");
        string[] names = Encoding.ASCII.GetString(answer.Span[1..]).Split('\0');
        return written == answer.Length && answer.Span[0] == 0 && names.Length == LineCount + 1 && names[^1].Length == 0
            ? names[..LineCount]
            : throw new InvalidDataException($"{Requester.Ring.Name}: the answer is not the names of {LineCount} lines.");
    }

    /// <summary>Sends a request; <see cref="Kick"/> makes it available.</summary>
    /// <param name="slot">A slot that is not in flight, 0 to <see cref="Depth"/> - 1.</param>
    /// <param name="type">What to do.</param>
    /// <param name="line">The line.</param>
    /// <param name="value">The request's value.</param>
    /// <returns>False if the ring is full.</returns>
    public bool TryAsk(int slot, GpioRequestType type, int line, uint value)
    {
        Write(_requests[slot], type, line, value);
        _answers[slot].Span.Fill(Unwritten);
        return Requester.Ring.TryAdd([_requests[slot].ToDevice, _answers[slot].FromDevice], (ulong)slot);
    }

    /// <summary>Makes what was asked available to the device.</summary>
    public void Kick() => Requester.Kick();

    /// <summary>Takes an answer.</summary>
    public bool TryTakeAnswer(out int slot, out GpioAnswer answer)
    {
        var taken = Requester.Ring.TryTake(out var cookie, out var written);
        slot = (int)cookie;
        answer = taken ? new(_answers[slot].Span[0], _answers[slot].Span[1], written) : default;
        return taken;
    }

    /// <summary>Unmasks a line's interrupt, that is, sends the device a buffer for it.</summary>
    /// <param name="line">A line that has no buffer with the device.</param>
    /// <returns>False if the ring is full.</returns>
    public bool TryUnmask(int line)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_unmasking[line].Span, (ushort)line);
        _events[line].Span[0] = Unwritten;
        if (!RequiredListener.Ring.TryAdd([_unmasking[line].ToDevice, _events[line].FromDevice], (ulong)line))
            return false;
        RequiredListener.Kick();
        return true;
    }

    /// <summary>Takes a buffer that the device has returned, which masks its line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="isInterrupt">Whether there was an interrupt; else the line's interrupt is not enabled.</param>
    public bool TryTakeEvent(out int line, out bool isInterrupt)
    {
        var taken = RequiredListener.Ring.TryTake(out var cookie, out var written);
        line = (int)cookie;
        isInterrupt = taken && written == 1 && _events[line].Span[0] == 1;
        return taken;
    }

    /// <inheritdoc/>
    public void Dispose() => Frontend.Dispose();

    private FrontendQueue RequiredListener => Listener ?? throw new InvalidOperationException($"{Requester.Ring.Name}: the device has no interrupts.");

    private static GuestBuffer[] Allocate(GuestHeap heap, int count, int length)
    {
        var buffers = new GuestBuffer[count];
        for (var i = 0; i < count; i++)
            buffers[i] = heap.Allocate(length);
        return buffers;
    }

    private static void Write(GuestBuffer request, GpioRequestType type, int line, uint value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(request.Span, (ushort)type);
        BinaryPrimitives.WriteUInt16LittleEndian(request.Span[2..], (ushort)line);
        BinaryPrimitives.WriteUInt32LittleEndian(request.Span[4..], value);
    }
}
