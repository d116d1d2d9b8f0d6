using System.Collections.Concurrent;
using Stratos.Fabric.Virtio.Contract;

namespace Stratos.Actors.Tests.Testing;

/// <summary>A session that does what the test tells it, on the session's own thread.</summary>
internal sealed class ScriptedSession : ITransportSession
{
    private readonly BlockingCollection<Action<IDevicePort>> _script = [];

    public string Name => "scripted";

    public int Runs { get; private set; }

    /// <summary>What the session does before it leaves in order.</summary>
    public Action<IDevicePort> Farewell { get; set; } = static _ => { };

    public void Serve(IDevicePort device, CancellationToken stop)
    {
        Runs++;
        try
        {
            foreach (var step in _script.GetConsumingEnumerable(stop))
                step(device);
        }
        catch (OperationCanceledException)
        {
            Farewell(device);
        }
    }

    /// <summary>Performs an operation on the session's thread and gives its answer or its exception.</summary>
    public Task<TReply> Perform<TReply>(DeviceOperation<TReply> operation) => Do(device => device.Perform(operation));

    /// <summary>Runs something on the session's thread.</summary>
    public Task<T> Do<T>(Func<IDevicePort, T> step)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _script.Add(device =>
        {
            try
            {
                done.SetResult(step(device));
            }
            catch (Exception refused)
            {
                done.SetException(refused);
            }
        });
        return done.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    /// <summary>Makes the session fail.</summary>
    public void Fail(string why) => _script.Add(_ => throw new IOException(why));
}
