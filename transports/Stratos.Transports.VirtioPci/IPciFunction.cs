using Stratos.Fabric.Linux;

namespace Stratos.Transports.VirtioPci;

/// <summary>A PCI function that a driver in user space has to itself.</summary>
public interface IPciFunction : IDisposable
{
    /// <summary>Its address, such as <c>0000:00:05.0</c>.</summary>
    string Name { get; }

    /// <summary>Copies the configuration space, 256 bytes.</summary>
    void ReadConfiguration(Span<byte> destination);

    /// <summary>Lets the function read and write memory.</summary>
    void EnableBusMaster();

    /// <summary>The registers of a BAR. Each is accessed by its own width.</summary>
    Span<byte> Bar(int index);

    /// <summary>Lets message interrupts signal counters: vector n the n-th.</summary>
    void SignalInterrupts(ReadOnlySpan<EventFd> vectors);
}
