namespace Stratos.Fabric.Devices.Can;

/// <summary>What a CAN device stands on: one controller at a bus, simulated or real.</summary>
/// <remarks>
/// Lifecycle: made; <see cref="Open"/> once, when the device begins to serve; used; disposed. Frames are offered by one
/// thread, received by one thread, controlled by one thread; these may be three. Nothing waits for the bus.
/// </remarks>
public interface ICanPort : IDisposable
{
    /// <summary>
    /// Names the memory of this port: while it stays the same, <see cref="FateOf"/> and receive positions are valid, over
    /// the death of who uses the port too. 0 for a port that remembers nothing beyond this process.
    /// </summary>
    ulong Identity { get; }

    /// <summary>The controller's state.</summary>
    CanControllerState State { get; }

    /// <summary>How many frames can be offered now.</summary>
    int Room { get; }

    /// <summary>Takes the controller into use.</summary>
    /// <param name="changed">Called from a thread of the port's when a frame was sent, cancelled or received, when there is room, and when the state changed.</param>
    void Open(Action changed);

    /// <summary>Starts the controller, which then takes part in what the bus does from now on. Idempotent.</summary>
    /// <returns>False if the hardware refused.</returns>
    bool Start();

    /// <summary>Stops the controller: what was offered and is not on the bus is cancelled. Idempotent.</summary>
    /// <returns>False if the hardware refused.</returns>
    bool Stop();

    /// <summary>Keys begin anew: forgets those of all frames so far, not the frames.</summary>
    void ForgetKeys();

    /// <summary>Gives a frame to be sent, after those given before it. Needs <see cref="Room"/>.</summary>
    /// <param name="key">Names the frame; grows from frame to frame until <see cref="ForgetKeys"/>.</param>
    /// <param name="frame">The frame.</param>
    /// <returns>False if the controller is not started or the hardware refused: it was not sent and will not be.</returns>
    bool Offer(ulong key, in CanFrame frame);

    /// <summary>Says what became of a frame that was offered, the latest 64 at least.</summary>
    CanFate FateOf(ulong key);

    /// <summary>Looks at the next frame that was on the bus, if there is one, and leaves it where it is.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="position">Its position, for <see cref="Consume"/>.</param>
    /// <param name="isOwn">Whether this controller sent it: it is there to tell what came before it from what came after it.</param>
    /// <param name="key">The key of an own frame; null if the keys of that time are forgotten.</param>
    bool TryPeek(out CanFrame frame, out ulong position, out bool isOwn, out ulong? key);

    /// <summary>Lets go of the frames up to a position, which comes from <see cref="TryPeek"/>. Idempotent.</summary>
    void Consume(ulong position);
}
