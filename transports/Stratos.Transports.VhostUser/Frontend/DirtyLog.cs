using System.Runtime.InteropServices;
using Stratos.Fabric.Linux;
using Stratos.Transports.VhostUser.Protocol.Messages;
using Stratos.Transports.VhostUser.Protocol.Payloads;

namespace Stratos.Transports.VhostUser.Frontend;

/// <summary>A frontend's dirty log: one bit for each page of 4096 bytes from guest address 0 on.</summary>
public sealed class DirtyLog : IDisposable
{
    /// <summary>Bytes that one bit stands for.</summary>
    public const ulong PageLength = 4096;

    private readonly MemoryFile _file;
    private readonly Mapping _bits;

    /// <summary>Makes a log without marks.</summary>
    /// <param name="addressLimit">The guest address up to which it reaches.</param>
    public DirtyLog(ulong addressLimit)
    {
        var length = (((addressLimit / PageLength / 8) + 8) & ~7UL) + 8;
        _file = MemoryFile.Create("dirty-log", length);
        _bits = _file.Map(MemoryAccess.ReadWrite);
    }

    /// <summary>Whether the page of an address is marked.</summary>
    public bool IsDirty(ulong guestAddress)
    {
        var page = guestAddress / PageLength;
        return (Volatile.Read(ref _bits.GetSpan(page / 8, 1)[0]) & (1 << (int)(page % 8))) != 0;
    }

    /// <summary>Takes all marks away and returns how many there were.</summary>
    public int Clear()
    {
        var marks = 0;
        foreach (ref var word in MemoryMarshal.Cast<byte, ulong>(_bits.GetSpan(0, (int)(_bits.Length & ~7UL))))
            marks += System.Numerics.BitOperations.PopCount(Interlocked.Exchange(ref word, 0));
        return marks;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _bits.Dispose();
        _file.Dispose();
    }

    internal void Send(FrontendChannel channel)
    {
        var description = new LogDescription(_bits.Length, 0);
        channel.Ask(FrontendRequest.SetLogBase, MemoryMarshal.AsBytes(new ReadOnlySpan<LogDescription>(in description)), [_file.Descriptor], out _);
    }
}
