using System.Runtime.InteropServices;

namespace Stratos.Fabric.Linux;

/// <summary>A null-terminated array of C strings.</summary>
internal sealed unsafe class NativeStrings : IDisposable
{
    private readonly int _count;

    internal NativeStrings(IEnumerable<string> values)
    {
        string[] strings = [.. values];
        foreach (string text in strings) { NativeText.ThrowIfCut(text); }
        _count = strings.Length;
        Pointer = (byte**)NativeMemory.AllocZeroed((nuint)_count + 1, (nuint)sizeof(byte*));
        for (int i = 0; i < _count; i++)
        {
            Pointer[i] = (byte*)Marshal.StringToCoTaskMemUTF8(strings[i]);
        }
    }

    internal byte** Pointer { get; }

    public void Dispose()
    {
        for (int i = 0; i < _count; i++) { Marshal.FreeCoTaskMem((nint)Pointer[i]); }
        NativeMemory.Free(Pointer);
    }
}
