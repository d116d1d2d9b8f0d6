namespace Stratos.Fabric.Linux;

/// <summary>One data command of an MMC card.</summary>
/// <param name="Buffer">512 bytes a block; written to the card, or filled from it.</param>
/// <param name="IsWrite">Whether the data goes to the card.</param>
/// <param name="IsReliable">Whether a write is a reliable one.</param>
public readonly record struct MmcTransfer(Memory<byte> Buffer, bool IsWrite, bool IsReliable = false);
