using System.Collections.Concurrent;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Rings;

namespace Stratos.Actors.Tests.Testing;

/// <summary>Answers each request later, on a thread of its own, when the test lets it.</summary>
internal sealed class DeferredHandler : QueueHandler, IDisposable
{
    private readonly BlockingCollection<DescriptorChain> _taken = [];
    private readonly ManualResetEventSlim _gate = new(true);
    private readonly Thread _thread;

    public DeferredHandler()
    {
        _thread = new Thread(Serve) { IsBackground = true };
        _thread.Start();
    }

    public void Hold() => _gate.Reset();

    public void Go() => _gate.Set();

    public override void Handle(DescriptorChain chain) => _taken.Add(chain);

    public void Dispose()
    {
        _gate.Set();
        _taken.CompleteAdding();
        _thread.Join();
        _taken.Dispose();
        _gate.Dispose();
    }

    private void Serve()
    {
        foreach (var chain in _taken.GetConsumingEnumerable())
        {
            _gate.Wait();
            EchoHandler.Answer(chain, EchoHandler.Number(chain));
        }
    }
}
