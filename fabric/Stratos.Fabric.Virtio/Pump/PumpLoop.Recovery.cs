using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Journal;
using Stratos.Fabric.Virtio.Rings;

namespace Stratos.Fabric.Virtio.Pump;

/// <content>Taking over what a previous owner of the queue left in flight.</content>
internal sealed partial class PumpLoop
{
    /// <summary>Takes the ring over: finishes what a previous owner left. The first call, on the pump's thread.</summary>
    internal void Open()
    {
        _thread = Environment.CurrentManagedThreadId;
        if (!MayRun()) { return; }
        InFlightRequest[] requests = _ring.Open();
        if (_ring.Failure is null) { _ring.DisableKicks(); }
        foreach (InFlightRequest request in requests)
        {
            if (_ring.Restore(request) is not { } chain || !Recover(chain, request)) { break; }
        }
        _counters.Recovered += (ulong)requests.Length;
        // A previous owner may have died between a publication and its notification, or rung a doorbell that was
        // changed since. One notification too many does no harm.
        _notify = true;
        Publish();
        Notify();
    }

    private bool Recover(DescriptorChain chain, InFlightRequest request)
    {
        _order.Fetched(chain);
        chain.IsStarted = request.Phase is RequestPhase.Started;
        switch (Replay.Decide(request.Phase, _handler.Replay))
        {
            case ReplayDecision.Publish:
                // The journal's number is the frontend's to forge: no more bytes than there are.
                uint written = (uint)Math.Min(request.Written, chain.WritableLength);
                return Guard(chain, loop => loop._handler.Finished(chain, written)) && CompleteRecovered(chain, written);
            case ReplayDecision.Resolve:
                Resolution resolution = default;
                if (!Guard(chain, loop => resolution = loop._handler.Resolve(chain))) { return false; }
                if (!resolution.Replay) { return CompleteRecovered(chain, (uint)Math.Min(resolution.Written, chain.WritableLength)); }
                break;
        }
        _backlog.Enqueue(chain);
        return true;
    }

    private bool CompleteRecovered(DescriptorChain chain, uint written)
    {
        Count(chain);
        chain.Complete(written);
        return true;
    }
}
