using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Devices.Gpio;

/// <summary>The lines as the driver's requests see and change them (virtio 1.4, section 5.18.6).</summary>
/// <remarks>
/// Every request is repeatable: it makes a line what it is to be, or tells what it is. At most the last one that was begun
/// is run again after a crash, because requests are served one after another and a completion is on record at once.
/// Everything here happens with the device's gate held.
/// </remarks>
internal sealed class GpioLines(IGpioPort port, GpioLineMemory memory, GpioInterrupts interrupts)
{
    /// <summary>Serves a request for one line.</summary>
    /// <param name="request">The request; its line exists.</param>
    /// <param name="hasInterrupts">Whether VIRTIO_GPIO_F_IRQ was negotiated.</param>
    /// <param name="value">The answer's value.</param>
    public Errno Serve(GpioRequest request, bool hasInterrupts, out byte value)
    {
        int line = request.Line;
        value = 0;
        switch (request.Type)
        {
            case GpioMessageType.GetDirection:
                value = (byte)memory[line].Direction;
                return Errno.None;
            case GpioMessageType.SetDirection:
                return request.Value <= (uint)GpioDirection.Input ? SetDirection(line, (GpioDirection)request.Value) : Errno.EINVAL;
            case GpioMessageType.GetValue:
                Errno error = port.Read(line, out bool level);
                value = error is Errno.None && level ? (byte)1 : (byte)0;
                return error;
            case GpioMessageType.SetValue:
                return request.Value <= 1 ? SetValue(line, request.Value == 1) : Errno.EINVAL;
            case GpioMessageType.SetInterruptType:
                return hasInterrupts ? SetInterrupt(line, request.Value) : Errno.EOPNOTSUPP;
            default:
                return Errno.EINVAL;
        }
    }

    /// <summary>Makes the port's lines what the memory says, which a previous owner left.</summary>
    /// <returns>The first error; the other lines are done all the same.</returns>
    public Errno Resume()
    {
        Errno first = Errno.None;
        for (int line = 0; line < port.LineCount; line++)
        {
            GpioLineState state = memory[line];
            Errno error = state.Direction is GpioDirection.None ? Errno.None : port.SetDirection(line, state.Direction, state.Level);
            if (error is Errno.None && state.Interrupt is not GpioInterruptType.None) { error = interrupts.Resume(line); }
            if (first is Errno.None) { first = error; }
        }
        return first;
    }

    /// <summary>Puts all lines out of use: the driver has reset the device.</summary>
    public void Clear()
    {
        for (int line = 0; line < port.LineCount; line++) { Discard(line); }
        memory.Clear();
    }

    private Errno SetDirection(int line, GpioDirection direction)
    {
        if (direction is GpioDirection.None) { return Discard(line); }
        GpioLineState state = memory[line];
        // Whoever listens to a line does not drive it; the driver disables the interrupt first.
        if (direction is GpioDirection.Output && state.Interrupt is not GpioInterruptType.None) { return Errno.EBUSY; }
        memory[line] = state with { Direction = direction };
        return Keep(line, state, port.SetDirection(line, direction, state.Level));
    }

    private Errno SetValue(int line, bool level)
    {
        GpioLineState state = memory[line];
        memory[line] = state with { Level = level };
        return Keep(line, state, state.Direction is GpioDirection.Output ? port.Write(line, level) : Errno.None);
    }

    // The memory is written before the line: a successor makes lines what the memory says, and a line that had its new
    // level already must not get the old one back for a moment.
    private Errno Keep(int line, GpioLineState before, Errno error)
    {
        if (error is not Errno.None) { memory[line] = before; }
        return error;
    }

    private Errno SetInterrupt(int line, uint value)
    {
        if (value > (uint)GpioInterruptType.LowLevel || !IsType((GpioInterruptType)value)) { return Errno.EINVAL; }
        GpioInterruptType type = (GpioInterruptType)value;
        GpioLineState state = memory[line];
        if (state.Direction is GpioDirection.Output) { return Errno.EINVAL; }
        // The same again, as after a crash, must not forget what is latched.
        if (type == state.Interrupt) { return Errno.None; }
        if (type is GpioInterruptType.None) { return interrupts.Disable(line); }
        return state.Interrupt is GpioInterruptType.None ? interrupts.Enable(line, type) : Errno.EBUSY;
    }

    /// <summary>All that is known of the line goes, whatever the port says.</summary>
    private Errno Discard(int line)
    {
        Errno quiet = memory[line].Interrupt is GpioInterruptType.None ? Errno.None : interrupts.Disable(line);
        memory[line] = default;
        Errno error = port.SetDirection(line, GpioDirection.None, level: false);
        return error is Errno.None ? quiet : error;
    }

    private static bool IsType(GpioInterruptType type) =>
        type is GpioInterruptType.None or GpioInterruptType.RisingEdge or GpioInterruptType.FallingEdge or GpioInterruptType.BothEdges
            or GpioInterruptType.HighLevel or GpioInterruptType.LowLevel;
}
