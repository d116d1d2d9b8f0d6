namespace Stratos.Fabric.Linux;

/// <summary>A range of a file, and the whole pages around it that the kernel maps.</summary>
/// <param name="Start">The first page's offset in the file.</param>
/// <param name="Size">Bytes in all the pages.</param>
/// <param name="Lead">Bytes between <paramref name="Start"/> and what was asked for.</param>
/// <param name="Length">Bytes that were asked for.</param>
internal readonly record struct PageRange(ulong Start, ulong Size, ulong Lead, ulong Length)
{
    internal static PageRange Around(ulong offset, ulong length, ulong pageSize)
    {
        ulong lead = offset % pageSize;
        return new PageRange(offset - lead, RoundUp(checked(lead + length), pageSize), lead, length);
    }

    internal static ulong RoundUp(ulong length, ulong pageSize) => checked((length + pageSize - 1) / pageSize * pageSize);
}
