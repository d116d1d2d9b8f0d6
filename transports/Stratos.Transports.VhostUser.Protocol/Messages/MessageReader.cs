using System.Runtime.InteropServices;

namespace Stratos.Transports.VhostUser.Protocol.Messages;

/// <summary>Takes a payload apart, in order and without allocation. Its length was checked by the message's <see cref="MessageRule"/>.</summary>
/// <param name="payload">The payload.</param>
public ref struct MessageReader(ReadOnlySpan<byte> payload)
{
    private ReadOnlySpan<byte> _rest = payload;

    /// <summary>The bytes that were not read yet.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    /// <summary>Reads one value of a fixed layout, in machine byte order.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Too few bytes are left.</exception>
    public T Read<T>() where T : unmanaged
    {
        var value = MemoryMarshal.Read<T>(_rest);
        _rest = _rest[System.Runtime.CompilerServices.Unsafe.SizeOf<T>()..];
        return value;
    }

    /// <summary>Reads so many bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Too few bytes are left.</exception>
    public ReadOnlySpan<byte> Bytes(int length)
    {
        var bytes = _rest[..length];
        _rest = _rest[length..];
        return bytes;
    }
}
