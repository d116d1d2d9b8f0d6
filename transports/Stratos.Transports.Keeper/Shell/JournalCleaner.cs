using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Journal;
using Stratos.Transports.Keeper.Session;

namespace Stratos.Transports.Keeper.Shell;

/// <summary>Makes a journal forget a queue, by reading and writing its file: a file that was cut meanwhile harms nobody so.</summary>
internal static class JournalCleaner
{
    /// <returns>What went wrong, or null.</returns>
    public static string? Clear(int descriptor, in JournalClearing clearing)
    {
        using var file = FileDescriptor.Borrow(descriptor);
        var region = new JournalRegion(clearing.Offset, clearing.Length, clearing.IsPacked != 0);
        if (clearing.OnlyIfIdle != 0)
        {
            var bytes = new byte[clearing.Length];
            var read = FileIo.ReadAt(file, bytes, clearing.Offset);
            if (!read.IsSuccess) return $"a queue's journal could not be read: {read.Error}";
            if (region.HoldsRequests(bytes.AsSpan(0, (int)read.Bytes))) return null;
        }
        var written = FileIo.WriteAt(file, [0, 0], region.VersionOffset);
        return written.IsSuccess ? null : $"a queue's journal could not be cleared: {written.Error}";
    }
}
