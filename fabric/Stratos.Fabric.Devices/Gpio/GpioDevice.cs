using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Rings;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.Fabric.Devices.Gpio;

/// <summary>The GPIO device (virtio 1.4, section 5.18): named lines that a guest drives, senses and gets interrupts from.</summary>
/// <remarks>
/// Safe state: lines hold what they have. A successor finds directions, levels and interrupts in the device's state and
/// makes the port's lines the same; what a port does meanwhile is its own (a simulated bank keeps everything).
/// </remarks>
public sealed class GpioDevice : VirtioDevice
{
    /// <summary>Most lines of a device.</summary>
    public const int MostLines = 512;

    private const ushort QueueSize = 256;
    private const int RequestQueue = 0;

    private readonly Lock _gate = new();
    private readonly IGpioPort _port;
    private readonly byte[] _names;
    private readonly int _latch;
    private GpioLineMemory _memory;
    private GpioInterrupts _interrupts;
    private GpioLines _lines;
    private bool _serving;

    /// <summary>Makes a device on lines, which it disposes when it is deactivated.</summary>
    /// <param name="port">The lines.</param>
    /// <param name="latch">How many edges of a masked line may wait, 1 to 65536; older ones are merged.</param>
    /// <exception cref="ArgumentException">The port has no lines, too many, or names that cannot be told to a driver.</exception>
    public GpioDevice(IGpioPort port, int latch = GpioOptions.DefaultLatch)
    {
        ArgumentNullException.ThrowIfNull(port);
        if (port.LineCount is < 1 or > MostLines) { throw new ArgumentException($"lines: a GPIO device has 1 to {MostLines} lines, not {port.LineCount}."); }
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(latch);
        (_port, _latch) = (port, latch);
        _names = GpioLineNames.Encode([.. Enumerable.Range(0, port.LineCount).Select(port.NameOf)]);
        (_memory, _interrupts, _lines) = Assemble();
    }

    /// <inheritdoc/>
    public override VirtioDeviceId Id => VirtioDeviceId.Gpio;

    /// <inheritdoc/>
    public override ulong Features => _port.HasInterrupts ? GpioFeatures.Interrupts : 0;

    /// <inheritdoc/>
    public override bool CompletesInOrder => false;

    /// <inheritdoc/>
    public override IReadOnlyList<QueueDescription> Queues { get; } = [new("requestq", QueueSize), new("eventq", QueueSize)];

    /// <inheritdoc/>
    public override int ConfigLength => GpioConfiguration.Length;

    /// <inheritdoc/>
    public override int StateLength => GpioLineMemory.LengthFor(_port.LineCount);

    /// <summary>Number of lines.</summary>
    internal int LineCount => _port.LineCount;

    /// <summary>The block of names; empty if no line has one.</summary>
    internal ReadOnlySpan<byte> Names => _names;

    /// <summary>Makes the device that the options describe.</summary>
    /// <exception cref="ArgumentException">An option cannot be used.</exception>
    public static GpioDevice Create(GpioOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        IGpioPort port = options.OpenPort();
        try
        {
            return new(port, options.Latch);
        }
        catch
        {
            port.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override void ReadConfig(int offset, Span<byte> destination)
    {
        Span<byte> space = stackalloc byte[GpioConfiguration.Length];
        GpioConfiguration.Write(space, LineCount, _names.Length);
        space.Slice(offset, destination.Length).CopyTo(destination);
    }

    /// <inheritdoc/>
    public override QueueHandler CreateHandler(QueueContext queue)
    {
        ArgumentNullException.ThrowIfNull(queue);
        lock (_gate)
        {
            Resume();
            if (queue.Index == RequestQueue) { return new GpioRequestHandler(this, queue); }
            if (!queue.Resumed) { _memory.ForgetRequests(); }
            return new GpioEventHandler(this, queue);
        }
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        lock (_gate) { _lines.Clear(); }
    }

    /// <inheritdoc/>
    public override void Deactivate() => _port.Dispose();

    /// <inheritdoc/>
    protected override void OnActivated() => (_memory, _interrupts, _lines) = Assemble();

    /// <summary>Serves a request for a line that exists.</summary>
    internal Errno Serve(GpioRequest request, bool hasInterrupts, out byte value)
    {
        lock (_gate) { return _lines.Serve(request, hasInterrupts, out value); }
    }

    /// <summary>Takes a buffer for the next interrupt of a line that exists.</summary>
    internal void Unmask(int line, DescriptorChain chain, string queue)
    {
        lock (_gate)
        {
            if (_interrupts.IsUnmasked(line)) { Warn(queue, "a second buffer for a line was returned"); }
            _interrupts.Unmask(line, chain);
        }
    }

    /// <summary>The eventq stops.</summary>
    internal void ReleaseEvents()
    {
        lock (_gate) { _interrupts.Release(); }
    }

    /// <summary>Reports something that the device survived.</summary>
    internal void Warn(string where, string what) => Context.Warn(where, what);

    // Not before the first queue starts: until then another process may be the owner.
    private void Resume()
    {
        if (_serving) { return; }
        _serving = true;
        if (_lines.Resume() is not Errno.None and var error) { Warn("lines", $"not all lines could be made again what they were: {error}"); }
        _port.Watch(OnPortChanged);
    }

    private void OnPortChanged()
    {
        lock (_gate) { _interrupts.Look(); }
    }

    private (GpioLineMemory Memory, GpioInterrupts Interrupts, GpioLines Lines) Assemble()
    {
        GpioLineMemory memory = new(Context.State, _port.LineCount);
        GpioInterrupts interrupts = new(_port, memory, _latch, Context);
        return (memory, interrupts, new GpioLines(_port, memory, interrupts));
    }
}
