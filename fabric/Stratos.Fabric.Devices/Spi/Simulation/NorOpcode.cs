namespace Stratos.Fabric.Devices.Spi.Simulation;

/// <summary>Opcodes of a serial NOR flash.</summary>
internal static class NorOpcode
{
    public const byte WriteStatus1 = 0x01;
    public const byte Program = 0x02;
    public const byte Read = 0x03;
    public const byte DisableWrites = 0x04;
    public const byte ReadStatus1 = 0x05;
    public const byte EnableWrites = 0x06;
    public const byte FastRead = 0x0B;
    public const byte WriteStatus3 = 0x11;
    public const byte ReadStatus3 = 0x15;
    public const byte Erase4K = 0x20;
    public const byte WriteStatus2 = 0x31;
    public const byte ReadStatus2 = 0x35;
    public const byte DualRead = 0x3B;
    public const byte Erase32K = 0x52;
    public const byte ReadParameters = 0x5A;
    public const byte EraseChip = 0x60;
    public const byte QuadRead = 0x6B;
    public const byte ReadIdentity = 0x9F;
    public const byte EraseChipToo = 0xC7;
    public const byte Erase64K = 0xD8;
}
