using System.Numerics;

namespace Stratos.Fabric.Devices.Block;

/// <summary>How a block device is set up. Exactly one of <see cref="File"/>, <see cref="Memory"/> and <see cref="Null"/> says what it stands on.</summary>
public sealed record BlockOptions
{
    /// <summary>Path of a raw image or of a block device of the host.</summary>
    public string? File { get; init; }

    /// <summary>Size in bytes of a disk in the serving process's memory, which is gone with the process.</summary>
    public ulong? Memory { get; init; }

    /// <summary>Size in bytes of a disk that stores nothing, for benchmarks.</summary>
    public ulong? Null { get; init; }

    /// <summary>Whether the guest may not write.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>Whether to bypass the host's page cache; only with <see cref="File"/>.</summary>
    public bool Direct { get; init; }

    /// <summary>The serial that the guest sees: up to 20 printable ASCII characters.</summary>
    public string Serial { get; init; } = "";

    /// <summary>The logical block size that the guest is advised to use: a power of two from 512 to 65536.</summary>
    public uint BlockSize { get; init; } = BlockLimits.SectorSize;

    /// <summary>Number of request queues, 1 to 64.</summary>
    public int Queues { get; init; } = 1;

    /// <summary>The largest size of a queue: a power of two from 4 to 1024.</summary>
    public int QueueSize { get; init; } = 256;

    /// <summary>Threads that wait for the file, 1 to 64; of no meaning without <see cref="File"/>.</summary>
    public int Threads { get; init; } = 4;

    /// <summary>Checks every option against its range and the others.</summary>
    /// <exception cref="ArgumentException">One cannot be used; the message names it and the remedy.</exception>
    public void Validate()
    {
        int stores = (File is null ? 0 : 1) + (Memory is null ? 0 : 1) + (Null is null ? 0 : 1);
        Require(stores == 1, "file, memory, null: give exactly one of them, to say where the data is.");
        Require(File is null || File.Length > 0, "file: the path is empty. Name a raw image or a block device.");
        Require(Memory is null || Memory >= BlockSize, "memory: the size must be at least one block, for example 64M.");
        Require(Null is null || Null >= BlockSize, "null: the size must be at least one block, for example 1G.");
        Require(!Direct || File is not null, "direct: only a file has a page cache to bypass. Leave the option out, or use file.");
        Require(!ReadOnly || File is not null, "read-only: without a file there is nothing to protect. Leave the option out, or use file.");
        Require(BlockSerial.IsValid(Serial), "serial: use up to 20 printable ASCII characters.");
        Require(BlockSize is >= 512 and <= 65536 && BitOperations.IsPow2(BlockSize), "block-size: use a power of two from 512 to 65536.");
        Require(Queues is >= 1 and <= 64, "queues: use 1 to 64.");
        Require(QueueSize is >= 4 and <= 1024 && BitOperations.IsPow2(QueueSize), "queue-size: use a power of two from 4 to 1024.");
        Require(Threads is >= 1 and <= 64, "threads: use 1 to 64.");
    }

    /// <summary>Opens what the options name.</summary>
    /// <exception cref="ArgumentException">It cannot be used; the message names the option and the remedy.</exception>
    public IBlockStore OpenStore()
    {
        Validate();
        if (Null is { } nothing) { return new NullBlockStore(nothing); }
        if (Memory is { } bytes) { return new MemoryBlockStore(bytes); }
        return OpenFile(File!);
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds) { throw new ArgumentException(otherwise); }
    }

    private FileBlockStore OpenFile(string path)
    {
        FileBlockStore store;
        try
        {
            store = new FileBlockStore(path, ReadOnly, Direct);
        }
        catch (IOException failure)
        {
            throw new ArgumentException($"file: '{path}' cannot be used ({failure.Message}). Name a raw image or block device that this user may {(ReadOnly ? "read" : "read and write")}.", failure);
        }
        if (Direct && store.Geometry.LogicalBlockSize > BlockSize)
        {
            uint needed = store.Geometry.LogicalBlockSize;
            store.Dispose();
            throw new ArgumentException($"block-size: direct access to '{path}' works in blocks of {needed} bytes. Use block-size {needed}, or leave direct out.");
        }
        return store;
    }
}
