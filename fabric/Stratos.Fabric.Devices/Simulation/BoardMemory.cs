using System.Runtime.InteropServices;
using System.Text;
using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Devices.Simulation;

/// <summary>
/// What simulated hardware keeps while it has power: levels, registers, memory cells. It lies in a file that every process
/// on the board maps, so it outlives the process that serves a device, as real hardware does, and a test or a second
/// device sees the same hardware.
/// </summary>
/// <remarks>
/// Memory of several writers: whoever changes a word that others change too uses <see cref="Interlocked"/> or one writer.
/// A process may die between any two stores, so what must hold together is published by one aligned 8-byte store.
/// </remarks>
public sealed class BoardMemory : IDisposable
{
    private const ulong Mark = 0x3144_5241_4F42_5453; // "STBOARD1"
    private const int KindAt = 16;
    private const int LongestKind = 32;
    private const int ChangesAt = 56;
    private const int Header = 64;

    private readonly Mapping? _mapping;
    private readonly FileDescriptor? _file;
    private readonly byte[] _local;
    private readonly int _length;
    private readonly object _gate = new();

    // Header and bytes, in a file or not.
    private BoardMemory(Mapping? mapping, FileDescriptor? file, byte[] local, int length) =>
        (_mapping, _file, _local, _length) = (mapping, file, local, length);

    /// <summary>The hardware's bytes, 8-byte aligned; zero when the board is new. Valid until disposal.</summary>
    public Span<byte> Bytes => All.Slice(Header, _length);

    /// <summary>A number that grows with every <see cref="Announce"/>; any process.</summary>
    public uint Changes => Volatile.Read(ref ChangeWord);

    private Span<byte> All => _mapping is null ? _local : _mapping.GetSpan(0, Header + _length);

    private ref uint ChangeWord => ref MemoryMarshal.AsRef<uint>(All.Slice(ChangesAt, sizeof(uint)));

    /// <summary>Hardware that only this process sees and that dies with it.</summary>
    /// <param name="length">Bytes.</param>
    public static BoardMemory Private(int length) => new(null, null, GC.AllocateArray<byte>(Header + length, pinned: true), length);

    /// <summary>Opens the hardware in a file, and makes it when the file is not there or empty.</summary>
    /// <param name="path">The file; on tmpfs it is lost with the machine's power, as a register is.</param>
    /// <param name="kind">What the hardware is, with its shape, such as <c>gpio 32</c>: at most 32 ASCII characters. Another kind's file is refused.</param>
    /// <param name="length">Bytes.</param>
    /// <exception cref="ArgumentException">The file is of another kind or length; the message says which and the remedy.</exception>
    /// <exception cref="LinuxException">The file cannot be opened or mapped.</exception>
    public static BoardMemory Open(string path, string kind, int length)
    {
        ArgumentException.ThrowIfNullOrEmpty(kind);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(kind.Length, LongestKind);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        using MemoryFile file = MemoryFile.FromDescriptor(FileIo.OpenFile(path, OpenFlags.ReadWrite | OpenFlags.Create), path);
        ulong whole = (ulong)(Header + length);
        // Whoever comes second at the same moment sets the same length: new bytes are zero for both.
        if (file.Length == 0) { file.SetLength(whole); }
        if (file.Length != whole) { throw Foreign(path, kind, $"it has {file.Length} bytes and {whole} are expected"); }
        Mapping mapping = file.Map(MemoryAccess.ReadWrite);
        try
        {
            Check(mapping, path, kind);
            return new BoardMemory(mapping, FileIo.OpenFile(path, OpenFlags.ReadWrite), [], length);
        }
        catch
        {
            mapping.Dispose();
            throw;
        }
    }

    /// <summary>Tells everybody who waits, in whatever process, that the hardware's bytes have changed. Any thread.</summary>
    public void Announce() => SharedWord.Advance(ref ChangeWord);

    /// <summary>Waits for an announcement. It returns for nothing at times: look, and wait again.</summary>
    /// <param name="seen">What <see cref="Changes"/> was before the caller looked at the bytes.</param>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> has no limit.</param>
    /// <returns>False if the time is over.</returns>
    public bool WaitForChange(uint seen, TimeSpan timeout) => SharedWord.Wait(ref ChangeWord, seen, timeout);

    /// <summary>Takes the board as <see cref="TryEnter"/> does, and waits for as long as it takes.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public void Enter()
    {
        Monitor.Enter(_gate);
        if (_file is null) { return; }
        IoResult locked = FileIo.Lock(_file);
        if (locked.IsSuccess) { return; }
        Monitor.Exit(_gate);
        locked.OrThrow("flock", "board");
    }

    /// <summary>
    /// Takes the board for this thread alone, over all processes that have it open. A process that dies gives it back, with
    /// the memory as it was at that moment.
    /// </summary>
    /// <param name="limit">How long to wait for it. The calling thread spins: owners have the board for microseconds.</param>
    /// <returns>False if somebody else had the board all that time. Not to be taken twice.</returns>
    public bool TryEnter(TimeSpan limit)
    {
        if (!Monitor.TryEnter(_gate, limit)) { return false; }
        if (_file is null || FileIo.TryLock(_file).IsSuccess) { return true; }
        long end = MonotonicClock.Nanoseconds + (long)limit.TotalNanoseconds;
        while (MonotonicClock.Nanoseconds < end)
        {
            Thread.Yield();
            if (FileIo.TryLock(_file).IsSuccess) { return true; }
        }
        Monitor.Exit(_gate);
        return false;
    }

    /// <summary>Gives the board back; on the thread that has taken it.</summary>
    public void Exit()
    {
        if (_file is not null) { FileIo.Unlock(_file); }
        Monitor.Exit(_gate);
    }

    /// <summary>Lets go of the memory; the file stays.</summary>
    public void Dispose()
    {
        _mapping?.Dispose();
        _file?.Dispose();
    }

    private static void Check(Mapping mapping, string path, string kind)
    {
        Span<byte> name = stackalloc byte[LongestKind];
        name.Clear();
        Encoding.ASCII.GetBytes(kind, name);
        Span<byte> kept = mapping.GetSpan(KindAt, LongestKind);
        ref ulong mark = ref MemoryMarshal.AsRef<ulong>(mapping.GetSpan(0, sizeof(ulong)));
        if (Volatile.Read(ref mark) == 0)
        {
            name.CopyTo(kept);
            // The name is in place before the mark says so; two makers write the same.
            Volatile.Write(ref mark, Mark);
        }
        if (Volatile.Read(ref mark) != Mark) { throw Foreign(path, kind, "it is no board's file"); }
        if (!kept.SequenceEqual(name)) { throw Foreign(path, kind, $"it holds '{Encoding.ASCII.GetString(kept).TrimEnd('\0')}'"); }
    }

    private static ArgumentException Foreign(string path, string kind, string why) =>
        new($"{path} cannot be the board of '{kind}': {why}. Name another file, or remove this one.");
}
