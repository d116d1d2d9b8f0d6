using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Rings;

namespace Stratos.Fabric.Devices.Gpio;

/// <summary>
/// The interrupts of all lines (virtio 1.4, sections 5.18.6.6 and 5.18.7): which are enabled, and the driver's buffers that
/// unmask them. A buffer waits here for its line's interrupt and is returned with it, which masks the line.
/// </summary>
/// <remarks>
/// <para>Edges of an enabled line are latched as a difference of counts, so nothing has to run for an edge to be kept, and
/// none is lost while nobody serves the device. Levels are looked at and never latched.</para>
/// <para>Everything here happens with the device's gate held.</para>
/// </remarks>
/// <param name="port">The lines.</param>
/// <param name="memory">What outlives the process.</param>
/// <param name="latch">How many edges of a line may wait; older ones are merged.</param>
/// <param name="context">The device's surroundings.</param>
internal sealed class GpioInterrupts(IGpioPort port, GpioLineMemory memory, int latch, DeviceContext context)
{
    private const byte Invalid = 0;
    private const byte Valid = 1;

    private readonly DescriptorChain?[] _unmasked = new DescriptorChain?[port.LineCount];
    private readonly ulong[] _seen = new ulong[port.LineCount];

    /// <summary>Enables a line's interrupt: edges count from now on.</summary>
    public Errno Enable(int line, GpioInterruptType type)
    {
        if (port.Listen(line, type) is not Errno.None and var error) { return error; }
        memory.Begin(line, port.Incarnation, port.Transitions(line));
        memory[line] = memory[line] with { Interrupt = type };
        return Errno.None;
    }

    /// <summary>Disables a line's interrupt: what is latched is forgotten, and the buffer goes back.</summary>
    public Errno Disable(int line)
    {
        memory[line] = memory[line] with { Interrupt = GpioInterruptType.None };
        if (_unmasked[line] is { } chain)
        {
            _unmasked[line] = null;
            Return(chain, Invalid);
        }
        return port.Listen(line, GpioInterruptType.None);
    }

    /// <summary>Takes over a line whose interrupt a previous owner had enabled.</summary>
    public Errno Resume(int line)
    {
        if (port.Listen(line, memory[line].Interrupt) is not Errno.None and var error) { return error; }
        memory.Carry(line, port.Incarnation, port.Transitions(line));
        return Errno.None;
    }

    /// <summary>The driver unmasks a line by a buffer for its next interrupt.</summary>
    public void Unmask(int line, DescriptorChain chain)
    {
        if (memory[line].Interrupt is GpioInterruptType.None || _unmasked[line] is not null)
        {
            Return(chain, Invalid);
            return;
        }
        _unmasked[line] = chain;
        _seen[line] = memory.SeenAt(line, chain.Sequence);
        if (IsEdge(memory[line].Interrupt)) { port.Acknowledged(line, _seen[line]); }
        Look(line);
    }

    /// <summary>Whether a line is unmasked.</summary>
    public bool IsUnmasked(int line) => _unmasked[line] is not null;

    /// <summary>Levels or counts may have changed.</summary>
    public void Look()
    {
        for (int line = 0; line < _unmasked.Length; line++)
        {
            if (_unmasked[line] is not null) { Look(line); }
        }
    }

    /// <summary>Gives all buffers back to the ring: the queue stops.</summary>
    public void Release()
    {
        foreach (ref DescriptorChain? chain in _unmasked.AsSpan())
        {
            chain?.Release();
            chain = null;
        }
    }

    /// <summary>Returns a buffer that stands for no interrupt.</summary>
    public static void Refuse(DescriptorChain chain) => Return(chain, Invalid);

    private static bool IsEdge(GpioInterruptType type) =>
        type is GpioInterruptType.RisingEdge or GpioInterruptType.FallingEdge or GpioInterruptType.BothEdges;

    private static void Return(DescriptorChain chain, byte status) => chain.Complete((uint)chain.CopyTo(0, [status]));

    private void Look(int line)
    {
        DescriptorChain chain = _unmasked[line]!;
        GpioInterruptType type = memory[line].Interrupt;
        if (!(IsEdge(type) ? TakeEdge(line, type, chain.Sequence) : SenseLevel(line, type))) { return; }
        _unmasked[line] = null;
        Return(chain, Valid);
    }

    private bool TakeEdge(int line, GpioInterruptType type, ulong request)
    {
        ulong seen = _seen[line];
        if (!LineEdges.TryTake(type, seen, port.Transitions(line), (ulong)latch, out ulong after, out ulong merged)) { return false; }
        if (merged > 0) { context.Warn("eventq", "edges came faster than the driver took them; those beyond the latch were merged into one interrupt"); }
        memory.Telling(line, request, port.Incarnation, seen, after);
        return true;
    }

    private bool SenseLevel(int line, GpioInterruptType type)
    {
        ulong transitions = port.Transitions(line);
        if (port.Read(line, out bool level) is not Errno.None)
        {
            context.Warn("eventq", "a line with a level interrupt could not be sensed and is taken as quiet");
            return false;
        }
        if (level == (type is GpioInterruptType.HighLevel)) { return true; }
        port.Acknowledged(line, transitions);
        return false;
    }
}
