using Stratos.Fabric.Linux;

namespace Stratos.Transports.Keeper.Shell;

/// <summary>Memory that the keeper makes for a session when it is first handed out.</summary>
internal sealed class LazyMemory(string name) : IDisposable
{
    private MemoryFile? _file;
    private ulong _length;

    /// <summary>The memory's descriptor.</summary>
    /// <exception cref="LinuxException">It cannot be made.</exception>
    public int Number => (_file ??= MemoryFile.Create(name, _length)).Descriptor.Number;

    /// <summary>From now on it is new memory of zeroes.</summary>
    public void Renew(ulong length)
    {
        Dispose();
        _length = length;
    }

    public void Dispose()
    {
        _file?.Dispose();
        _file = null;
    }
}
