using System.Runtime.InteropServices;
using Stratos.Fabric.Virtio.Contract;

namespace Stratos.Fabric.Devices.Console;

/// <summary>
/// What device and driver have told each other on the control queues, in the device's state: one word for the driver's
/// readiness and one for each port. A word changes as a whole, so a successor finds nothing half done.
/// </summary>
/// <remarks>
/// A driver that starts over says DEVICE_READY again. That begins a new generation: the words of ports of an older one
/// count as empty. The readiness word remembers by which request the generation began, so that this request, handed to
/// the device a second time after a crash, does not begin another.
/// </remarks>
internal sealed class PortBoard(DeviceState state)
{
    /// <summary>Bytes of state that a board takes.</summary>
    public static int LengthFor(int ports) => (1 + ports) * sizeof(ulong);

    private const ulong ReadyBit = 1UL << 31;
    private const ulong SequenceMask = ReadyBit - 1;

    /// <summary>Whether the driver takes control messages.</summary>
    public bool IsDriverReady => (Volatile.Read(ref Readiness) & ReadyBit) != 0;

    private ref ulong Readiness => ref Words[0];

    private Span<ulong> Words => MemoryMarshal.Cast<byte, ulong>(state.Bytes);

    private ushort Generation => (ushort)(Volatile.Read(ref Readiness) >> 32);

    /// <summary>Forgets everything: the device was reset.</summary>
    public void Clear(int ports) => Words[..(1 + ports)].Clear();

    /// <summary>Requests are numbered anew: the number of the last DEVICE_READY means nothing any more.</summary>
    public void ForgetSequence()
    {
        ref ulong word = ref Readiness;
        ulong before;
        do { before = Volatile.Read(ref word); }
        while (Interlocked.CompareExchange(ref word, before & ~SequenceMask, before) != before);
    }

    /// <summary>The driver said DEVICE_READY; false if this very request was heard before.</summary>
    public bool SetDriverReady(ulong sequence, bool ready)
    {
        ref ulong word = ref Readiness;
        ulong mark = (sequence + 1) & SequenceMask;
        ulong before = Volatile.Read(ref word);
        if ((before & SequenceMask) == mark && mark != 0) { return false; }
        ulong generation = (before >> 32) + 1;
        Volatile.Write(ref word, (generation << 32) | (ready ? ReadyBit : 0) | mark);
        return true;
    }

    /// <summary>The flags of a port.</summary>
    public PortFlags FlagsOf(int port)
    {
        ulong word = Volatile.Read(ref Words[1 + port]);
        return (ushort)(word >> 16) == Generation ? (PortFlags)(ushort)word : PortFlags.None;
    }

    /// <summary>The size that the driver was told last, if it was.</summary>
    public TerminalSize? SizeOf(int port) =>
        FlagsOf(port).HasFlag(PortFlags.SizeTold) ? TerminalSize.Unpack((uint)(Volatile.Read(ref Words[1 + port]) >> 32)) : null;

    /// <summary>Sets and clears flags of a port.</summary>
    public void Change(int port, PortFlags set, PortFlags clear = PortFlags.None, TerminalSize? size = null)
    {
        ref ulong word = ref Words[1 + port];
        ulong before, after;
        do
        {
            before = Volatile.Read(ref word);
            ushort generation = Generation;
            bool current = (ushort)(before >> 16) == generation;
            PortFlags flags = ((current ? (PortFlags)(ushort)before : PortFlags.None) & ~clear) | set;
            ulong packedSize = size is { } told ? told.Packed : current ? before >> 32 : 0;
            after = (packedSize << 32) | ((ulong)generation << 16) | (ushort)flags;
        }
        while (Interlocked.CompareExchange(ref word, after, before) != before);
    }

    /// <summary>The device told the driver something in a generation; of no effect in a later one.</summary>
    public void Told(ConsoleMessage message, ulong detail)
    {
        if ((ushort)(detail >> 32) != Generation) { return; }
        int port = (int)message.Port;
        switch (message.Event)
        {
            case ConsoleEvent.PortAdd: Change(port, PortFlags.Added); break;
            case ConsoleEvent.PortRemove: Change(port, PortFlags.None, clear: (PortFlags)ushort.MaxValue); break;
            case ConsoleEvent.ConsolePort: Change(port, PortFlags.ConsoleTold); break;
            case ConsoleEvent.PortName: Change(port, PortFlags.NameTold); break;
            case ConsoleEvent.Resize: Change(port, PortFlags.SizeTold, size: TerminalSize.Unpack((uint)detail)); break;
            case ConsoleEvent.PortOpen when message.Value != 0: Change(port, PortFlags.HostOpenTold); break;
            case ConsoleEvent.PortOpen: Change(port, PortFlags.None, clear: PortFlags.HostOpenTold); break;
            default: break;
        }
    }

    /// <summary>The detail that <see cref="Told"/> takes, for a message that is sent now.</summary>
    public ulong DetailFor(TerminalSize? size) => ((ulong)Generation << 32) | (size?.Packed ?? 0);
}
