using Stratos.Fabric.Devices.Rpmb.Store;

namespace Stratos.Fabric.Devices.Rpmb;

/// <summary>How an RPMB device is set up.</summary>
public sealed record RpmbOptions
{
    /// <summary>The file that keeps key, counter and data durably; made if it is not there.</summary>
    public string? File { get; init; }

    /// <summary>A board's file for simulated storage, which is gone with the host's power; instead of <see cref="File"/>.</summary>
    public string? Board { get; init; }

    /// <summary>Capacity in bytes: a multiple of 128 KiB up to 16 MiB.</summary>
    public ulong Capacity { get; init; } = 4 << 20;

    /// <summary>The most blocks of 256 bytes in one write, 1 to 255.</summary>
    public int MaxWrite { get; init; } = 32;

    /// <summary>The most blocks of 256 bytes in one read, 1 to 255.</summary>
    public int MaxRead { get; init; } = 32;

    /// <summary>Capacity in units of 128 KiB.</summary>
    internal int Units => (int)(Capacity >> 17);

    /// <summary>The limits of a request.</summary>
    internal RpmbLimits Limits => new(MaxWrite, MaxRead);

    /// <summary>Checks everything that can be known before storage is opened.</summary>
    /// <exception cref="ArgumentException">An option cannot be used; the message names it and the remedy.</exception>
    internal void Check()
    {
        if (Capacity == 0 || Capacity > 16 << 20 || Capacity % (128 << 10) != 0)
        {
            throw new ArgumentException($"capacity: {Capacity} bytes are not possible. Take a multiple of 128K up to 16M.");
        }
        CheckLimit("max-write", MaxWrite);
        CheckLimit("max-read", MaxRead);
        if (File is null == Board is null)
        {
            throw new ArgumentException("file: an RPMB device needs exactly one place to keep its memory. Give file=PATH, or board=PATH for a simulation.");
        }
        string path = (File ?? Board)!;
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is not { } folder || !Directory.Exists(folder))
        {
            throw new ArgumentException($"{(File is null ? "board" : "file")}: the folder of '{path}' does not exist. Make it first.");
        }
        if (File is not null) { Naming(() => FileRpmbMedium.Check(File, Units)); }
    }

    /// <summary>Opens the storage, and makes it if it is not there.</summary>
    /// <exception cref="ArgumentException">It cannot be used; the message names the option and the remedy.</exception>
    internal IRpmbMedium OpenMedium()
    {
        IRpmbMedium? medium = null;
        Naming(() => medium = File is not null ? FileRpmbMedium.Open(File, Units) : SimulatedRpmbMedium.Open(Board, Units));
        return medium!;
    }

    /// <summary>Lets a failure name the option.</summary>
    private void Naming(Action action)
    {
        try
        {
            action();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ArgumentException($"{(File is null ? "board" : "file")}: {failure.Message}", failure);
        }
    }

    private static void CheckLimit(string name, int blocks)
    {
        if (blocks is < 1 or > 255) { throw new ArgumentException($"{name}: {blocks} blocks are not possible. Take 1 to 255."); }
    }
}
