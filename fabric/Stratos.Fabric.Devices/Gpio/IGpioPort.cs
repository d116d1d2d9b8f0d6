using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Devices.Gpio;

/// <summary>
/// Host port: the lines that a GPIO device stands on. One thread at a time, but for <see cref="Watch"/>'s callback. No
/// call waits for long; none allocates.
/// </summary>
/// <remarks>
/// Levels are physical. A line's <em>transitions</em> count its changes of level: an odd number means that it is high, so
/// the counts of two moments tell how many rising and falling edges lie between them. Edges are never lost that way: they
/// wait, as a number, until somebody asks.
/// </remarks>
public interface IGpioPort : IDisposable
{
    /// <summary>Number of lines, 1 to <see cref="GpioDevice.MostLines"/>.</summary>
    int LineCount { get; }

    /// <summary>Whether transitions of lines are counted. Without it the device offers no interrupts.</summary>
    bool HasInterrupts { get; }

    /// <summary>
    /// A number, not zero, that stands for one run of counting. While it is the same, <see cref="Transitions"/> goes on from
    /// where it was, over the death of processes too.
    /// </summary>
    ulong Incarnation { get; }

    /// <summary>A line's name, or nothing.</summary>
    string NameOf(int line);

    /// <summary>Puts a line into or out of use. The same again changes nothing.</summary>
    /// <param name="line">The line, 0 to <see cref="LineCount"/> - 1.</param>
    /// <param name="direction">What for.</param>
    /// <param name="level">For an output, the level that it has from the first moment on.</param>
    Errno SetDirection(int line, GpioDirection direction, bool level);

    /// <summary>Drives an output line.</summary>
    Errno Write(int line, bool level);

    /// <summary>Senses a line's level.</summary>
    Errno Read(int line, out bool level);

    /// <summary>Says what of a line is listened to from now on, so that its transitions are counted. The same again changes nothing.</summary>
    Errno Listen(int line, GpioInterruptType type);

    /// <summary>How often the level of a line that is listened to has changed; odd while it is high. At least 2.</summary>
    ulong Transitions(int line);

    /// <summary>
    /// The driver has taken note of all interrupts for the transitions up to <paramref name="transitions"/>, and listens
    /// again. A simulated counterpart may wait for it; a real one cannot know.
    /// </summary>
    void Acknowledged(int line, ulong transitions);

    /// <summary>Begins to call back, from a thread of the port's own, when a level or a number of transitions may have changed. Once.</summary>
    void Watch(Action changed);
}
