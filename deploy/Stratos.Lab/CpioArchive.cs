using System.Globalization;
using System.Text;

namespace Stratos.Lab;

/// <summary>Writes an archive that the kernel unpacks into the guest's file system ("newc": a header of hexadecimal digits, a name, the content, each padded to four bytes).</summary>
internal sealed class CpioArchive(Stream target)
{
    private const int Directory = 0x41ED;       // a folder, rwxr-xr-x
    private const int Program = 0x81ED;         // a file, rwxr-xr-x

    private readonly HashSet<string> _folders = [];
    private int _entries;

    /// <summary>Adds a file that may be run, and the folders above it.</summary>
    /// <param name="path">Its absolute path in the guest.</param>
    /// <param name="content">Its bytes.</param>
    public void Add(string path, ReadOnlySpan<byte> content)
    {
        string name = path.TrimStart('/');
        for (int slash = name.IndexOf('/'); slash > 0; slash = name.IndexOf('/', slash + 1))
        {
            if (_folders.Add(name[..slash])) { Entry(name[..slash], Directory, []); }
        }

        Entry(name, Program, content);
    }

    /// <summary>Ends the archive. Another one may follow it in the same file.</summary>
    public void End() => Entry("TRAILER!!!", 0, []);

    private void Entry(string name, int mode, ReadOnlySpan<byte> content)
    {
        int links = mode == Directory ? 2 : 1;
        int[] fields = [++_entries, mode, 0, 0, links, 0, content.Length, 0, 0, 0, 0, name.Length + 1, 0];
        var header = new StringBuilder("070701");
        foreach (int field in fields)
        {
            header.Append(field.ToString("X8", CultureInfo.InvariantCulture));
        }

        Padded(Encoding.ASCII.GetBytes(header.Append(name).Append('\0').ToString()));
        Padded(content);
    }

    private void Padded(ReadOnlySpan<byte> bytes)
    {
        target.Write(bytes);
        target.Write(stackalloc byte[(4 - (bytes.Length % 4)) % 4]);
    }
}
