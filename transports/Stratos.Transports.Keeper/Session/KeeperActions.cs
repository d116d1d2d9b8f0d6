using System.Runtime.InteropServices;

namespace Stratos.Transports.Keeper.Session;

/// <summary>
/// What a session asks of its shell, in the order in which it is to be done. The session appends; the shell carries out
/// and clears. The buffers are used again and again, so that nothing is allocated once they have their size.
/// </summary>
/// <remarks>One thread.</remarks>
public sealed class KeeperActions
{
    private readonly List<KeeperAction> _actions = new(32);
    private readonly List<KeeperNote> _notes = new(16);
    private byte[] _bytes = new byte[1024];
    private int[] _descriptors = new int[32];
    private int _usedBytes;
    private int _usedDescriptors;

    /// <summary>The actions, in order.</summary>
    public ReadOnlySpan<KeeperAction> All => CollectionsMarshal.AsSpan(_actions);

    /// <summary>What happened, for the log, in order.</summary>
    public ReadOnlySpan<KeeperNote> Notes => CollectionsMarshal.AsSpan(_notes);

    /// <summary>The message of an action.</summary>
    public ReadOnlySpan<byte> Bytes(in KeeperAction action) => _bytes.AsSpan(action.Offset, action.Length);

    /// <summary>The descriptors that go with the message of an action. They stay the session's.</summary>
    public ReadOnlySpan<int> Descriptors(in KeeperAction action) => _descriptors.AsSpan(action.FirstDescriptor, action.Descriptors);

    /// <summary>Forgets all; to be called when everything is done.</summary>
    public void Clear()
    {
        _actions.Clear();
        _notes.Clear();
        _usedBytes = 0;
        _usedDescriptors = 0;
    }

    internal void Add(KeeperActionKind kind, int target = 0, ulong value = 0) => _actions.Add(new(kind, target, value, 0, 0, 0, 0));

    internal void Send(KeeperActionKind kind, int target, ReadOnlySpan<byte> bytes, ReadOnlySpan<int> descriptors = default, ulong value = 0)
    {
        if (_usedBytes + bytes.Length > _bytes.Length) Array.Resize(ref _bytes, 2 * (_usedBytes + bytes.Length));
        if (_usedDescriptors + descriptors.Length > _descriptors.Length)
            Array.Resize(ref _descriptors, 2 * (_usedDescriptors + descriptors.Length));
        bytes.CopyTo(_bytes.AsSpan(_usedBytes));
        descriptors.CopyTo(_descriptors.AsSpan(_usedDescriptors));
        _actions.Add(new(kind, target, value, _usedBytes, bytes.Length, _usedDescriptors, descriptors.Length));
        _usedBytes += bytes.Length;
        _usedDescriptors += descriptors.Length;
    }

    internal void Close(int descriptor)
    {
        if (descriptor >= 0) Add(KeeperActionKind.Close, descriptor);
    }

    internal void Note(KeeperEvent what, int worker = 0, ulong number = 0, string? detail = null) =>
        _notes.Add(new(what, worker, number, detail));
}
