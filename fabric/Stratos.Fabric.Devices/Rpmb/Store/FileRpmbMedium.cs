using Stratos.Fabric.Linux;

namespace Stratos.Fabric.Devices.Rpmb.Store;

/// <summary>A file of the host. Each call is made on the caller's thread, so a process that was reaped has no write under way.</summary>
public sealed class FileRpmbMedium : IRpmbMedium
{
    private readonly FileDescriptor _file;

    private FileRpmbMedium(FileDescriptor file) => _file = file;

    /// <inheritdoc/>
    public bool IsImmediate => false;

    /// <summary>Opens a store's file, and makes a new store where there is none. Nobody ever sees half of a new one.</summary>
    /// <param name="path">The file. It holds the key: only its owner may read it when it is made here.</param>
    /// <param name="units">Capacity in units of 128 KiB, 1 to 128.</param>
    /// <exception cref="RpmbStoreException">The file has another capacity, is no store, or is in use.</exception>
    /// <exception cref="LinuxException">The file cannot be made or opened.</exception>
    public static FileRpmbMedium Open(string path, int units)
    {
        if (!File.Exists(path)) { Make(path, units); }
        FileRpmbMedium medium = new(FileIo.OpenFile(path, OpenFlags.ReadWrite));
        try
        {
            if (!FileIo.TryLock(medium._file).IsSuccess)
            {
                throw new RpmbStoreException($"{path} is in use by another device; two would count the same writes twice. Give each device a file of its own.");
            }
            RequireUnits(medium, path, units);
            return medium;
        }
        catch
        {
            medium.Dispose();
            throw;
        }
    }

    /// <summary>Checks, without a lock and without a change, that a file which is there is a store of a capacity.</summary>
    /// <exception cref="RpmbStoreException">It is not.</exception>
    /// <exception cref="LinuxException">It cannot be read.</exception>
    public static void Check(string path, int units)
    {
        if (!File.Exists(path)) { return; }
        using FileRpmbMedium medium = new(FileIo.OpenFile(path, OpenFlags.ReadOnly));
        RequireUnits(medium, path, units);
    }

    /// <inheritdoc/>
    public Errno Read(ulong offset, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            IoResult result = FileIo.ReadAt(_file, destination, offset);
            if (!result.IsSuccess) { return result.Error; }
            if (result.Bytes == 0) { return Errno.EIO; }
            offset += (ulong)result.Bytes;
            destination = destination[(int)result.Bytes..];
        }
        return Errno.None;
    }

    /// <inheritdoc/>
    public Errno Write(ulong offset, ReadOnlySpan<byte> source)
    {
        while (!source.IsEmpty)
        {
            IoResult result = FileIo.WriteAt(_file, source, offset);
            if (!result.IsSuccess) { return result.Error; }
            offset += (ulong)result.Bytes;
            source = source[(int)result.Bytes..];
        }
        return Errno.None;
    }

    /// <inheritdoc/>
    public Errno Sync() => FileIo.DataSync(_file).Error;

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static void RequireUnits(FileRpmbMedium medium, string path, int units)
    {
        int kept = RpmbStore.ReadUnits(medium, path);
        if (kept != units) { throw new RpmbStoreException($"{path} has a capacity of {kept} units of 128 KiB, not {units}. Give the capacity that it has, or name another file."); }
    }

    /// <summary>Formats a file beside the place, syncs it, moves it there if nobody else was first, and syncs the name.</summary>
    private static void Make(string path, int units)
    {
        const int ownerOnly = 0x180;
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        string draft = $"{path}.{Environment.ProcessId}.new";
        File.Delete(draft);
        using (FileRpmbMedium medium = new(FileIo.OpenFile(draft, OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.Exclusive, ownerOnly)))
        {
            ulong length = RpmbStore.LengthFor(units);
            // Room is taken now, so that a full disk fails here and not between a commit and its blocks.
            Errno error = FileIo.WriteAt(medium._file, [0], length - 1).Error;
            if (error is Errno.None) { error = FileIo.WriteZeroes(medium._file, 0, length, mayDiscard: false).Error; }
            if (error is not Errno.None and not Errno.EOPNOTSUPP) { throw new RpmbStoreException($"{path} cannot be made with {length} bytes: {error}. Make room, or name a file elsewhere."); }
            RpmbStore.Format(medium, units, draft);
            FileIo.Sync(medium._file).OrThrow("fsync", draft);
        }
        try
        {
            File.Move(draft, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(draft);
        }
        using FileDescriptor names = FileIo.OpenFile(folder, OpenFlags.ReadOnly | OpenFlags.Directory);
        FileIo.Sync(names).OrThrow("fsync", folder);
    }
}
