using System.Buffers;

namespace Stratos.Fabric.Linux;

/// <summary>A partition of an eMMC that is spoken to by commands, not read as a file: <c>/dev/mmcblk0rpmb</c>.</summary>
public sealed unsafe class MmcPartition : IDisposable
{
    private const nuint MultipleCommands = 0xC008B301; // MMC_IOC_MULTI_CMD
    private const uint ReadMultiple = 18;              // MMC_READ_MULTIPLE_BLOCK
    private const uint WriteMultiple = 25;             // MMC_WRITE_MULTIPLE_BLOCK
    private const uint DataResponse = 0xB5;            // MMC_RSP_SPI_R1 | MMC_RSP_R1 | MMC_CMD_ADTC
    private const int ReliableWrite = unchecked((int)0x8000_0000);
    private const uint BlockLength = 512;
    private const int MostTransfers = 8;

    private readonly FileDescriptor _file;
    private readonly string _path;

    /// <summary>Opens the partition.</summary>
    /// <exception cref="LinuxException">It cannot be opened.</exception>
    public MmcPartition(string path) => (_file, _path) = (FileIo.OpenFile(path, OpenFlags.ReadWrite), path);

    /// <summary>Makes the transfers one after another, with nobody else's between them.</summary>
    /// <param name="transfers">At most 8, each of whole blocks.</param>
    /// <exception cref="LinuxException">The kernel or the card refused.</exception>
    public void Transfer(params ReadOnlySpan<MmcTransfer> transfers)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(transfers.Length, MostTransfers);
        Request request = new() { Count = (ulong)transfers.Length };
        Span<NativeCommand> commands = new(&request.First, MostTransfers);
        MemoryHandle[] pins = new MemoryHandle[transfers.Length];
        try
        {
            for (int i = 0; i < transfers.Length; i++)
            {
                MmcTransfer transfer = transfers[i];
                pins[i] = transfer.Buffer.Pin();
                commands[i] = new NativeCommand
                {
                    WriteFlag = transfer.IsWrite ? 1 | (transfer.IsReliable ? ReliableWrite : 0) : 0,
                    Opcode = transfer.IsWrite ? WriteMultiple : ReadMultiple,
                    Flags = DataResponse,
                    BlockSize = BlockLength,
                    Blocks = (uint)transfer.Buffer.Length / BlockLength,
                    Data = (ulong)pins[i].Pointer,
                };
            }
            IoResult.Capture(Libc.DeviceControl(_file, MultipleCommands, &request)).OrThrow("ioctl(MMC_IOC_MULTI_CMD)", _path);
        }
        finally
        {
            foreach (MemoryHandle pin in pins) { pin.Dispose(); }
        }
    }

    /// <summary>Closes the partition.</summary>
    public void Dispose() => _file.Dispose();

    /// <summary>struct mmc_ioc_multi_cmd with room for its commands.</summary>
    internal struct Request
    {
        public ulong Count;
        public NativeCommand First;
        public fixed byte Others[(MostTransfers - 1) * 72];
    }

    /// <summary>struct mmc_ioc_cmd.</summary>
    internal struct NativeCommand
    {
        public int WriteFlag;
        public int IsApplicationCommand;
        public uint Opcode;
        public uint Argument;
        public fixed uint Response[4];
        public uint Flags;
        public uint BlockSize;
        public uint Blocks;
        public uint LeastSleep;
        public uint MostSleep;
        public uint DataTimeout;
        public uint CommandTimeout;
        public uint Padding;
        public ulong Data;
    }
}
