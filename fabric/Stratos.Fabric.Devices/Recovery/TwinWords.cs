using System.Runtime.InteropServices;
using Stratos.Fabric.Virtio.Contract;

namespace Stratos.Fabric.Devices.Recovery;

/// <summary>
/// Words of a device's state that change together: two copies and a selector. A change is made in the copy that is not
/// valid and then selected by one store, so that a successor finds all of a change or nothing of it. One writer at a time.
/// </summary>
/// <param name="state">The device's state; the words are at its beginning, all zero at first.</param>
/// <param name="count">How many words.</param>
/// <param name="probe">Called around each change, for tests that end the process there.</param>
internal sealed class TwinWords(DeviceState state, int count, Action? probe = null)
{
    /// <summary>The words as they are.</summary>
    public ReadOnlySpan<ulong> Current => Copy(Selector);

    private ref ulong Selector => ref MemoryMarshal.AsRef<ulong>(state.Bytes);

    /// <summary>Bytes of state that some words take.</summary>
    public static int LengthFor(int count) => sizeof(ulong) * (1 + (2 * count));

    /// <summary>The words to change; they are as they were until <see cref="Commit"/>.</summary>
    public Span<ulong> Begin()
    {
        Span<ulong> next = Copy(Selector + 1);
        Current.CopyTo(next);
        return next;
    }

    /// <summary>Makes the change, as one step.</summary>
    public void Commit()
    {
        probe?.Invoke();
        Volatile.Write(ref Selector, Selector ^ 1);
        probe?.Invoke();
    }

    private Span<ulong> Copy(ulong selector) => MemoryMarshal.Cast<byte, ulong>(state.Bytes).Slice(1 + ((int)(selector & 1) * count), count);
}
