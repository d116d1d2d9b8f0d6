using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Stratos.Fabric.Linux;
using Stratos.Fabric.Virtio.Contract;

namespace Stratos.Fabric.Virtio.Pump;

/// <summary>
/// The loop that moves one queue, on a thread of its own: fetch a batch, hand it to the device, publish what was
/// completed, notify. It owns the ring while it runs and gives the ring's state back when it stops.
/// </summary>
/// <remarks>
/// <para><see cref="Start"/> and <see cref="Stop"/> are called by one owner, one at a time. A pump is used for one start.</para>
/// <para>However a pump ends, chains that the handler still has point into guest memory. So the owner calls
/// <see cref="Stop"/> in any case, before it unmaps memory, closes descriptors or starts another pump for the queue.</para>
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "The pump's thread, or a stop without one, closes the doorbell.")]
public sealed class QueuePump
{
    private const int StackSize = 256 * 1024;

    /// <summary>How often a stop that takes long looks whether the frontend has jammed a doorbell.</summary>
    private static readonly TimeSpan s_jamCheck = TimeSpan.FromMilliseconds(10);

    private readonly string _name;
    private readonly QueueSetup _setup;
    private readonly PumpOptions _options;
    private readonly Action<PumpEnd> _ended;
    private readonly Doorbell _doorbell;
    private readonly PumpLoop _loop;
    private readonly PumpWaiter _waiter;
    private Thread? _thread;
    private QueueState _state;
    private bool _stopping;

    /// <summary>Makes a pump for one start of a queue, and the queue's handler with it.</summary>
    /// <param name="name">Device and queue name, for the thread and for messages.</param>
    /// <param name="device">The device whose handler serves the chains.</param>
    /// <param name="setup">The queue.</param>
    /// <param name="options">How to pump.</param>
    /// <param name="ended">Called once on the pump's thread when it ended by itself; not after <see cref="Stop"/>, which must not be called from it.</param>
    /// <exception cref="ArgumentException">The journal is not one for this queue, or an option is out of its range.</exception>
    public QueuePump(string name, VirtioDevice device, QueueSetup setup, PumpOptions options, Action<PumpEnd> ended)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(setup);
        ArgumentNullException.ThrowIfNull(options);
        if (options.Batch is < 1 or > 1024) { throw new ArgumentException($"{name}: a batch of {options.Batch} is not 1 to 1024.", nameof(options)); }
        (_name, _setup, _options, _ended, _state) = (name, setup, options, ended, setup.State);
        _doorbell = new Doorbell();
        QueueContext context = new(setup.Index, name, setup.Size, setup.Features, setup.Journal.IsInitialised, _doorbell.Ring);
        try
        {
            _loop = new PumpLoop(setup, device.CreateHandler(context), options, _doorbell);
        }
        catch
        {
            _doorbell.Dispose();
            throw;
        }
        _waiter = new PumpWaiter(_loop, _doorbell, setup, options.PollTime);
    }

    /// <summary>The pump's counters; may be read at any time from any thread.</summary>
    public PumpCounters Counters => _loop.Counters;

    /// <summary>Starts the thread. Recovery of what a previous owner left in flight comes first, on that thread.</summary>
    /// <exception cref="InvalidOperationException">The pump was started before.</exception>
    public void Start()
    {
        if (_thread is not null) { throw new InvalidOperationException($"{_name}: a pump is started once."); }
        _thread = new Thread(Run, StackSize) { IsBackground = true, Name = _name };
        _thread.Start();
    }

    /// <summary>Stops: no further fetch; waits until the chains in flight are completed or released; idempotent.</summary>
    /// <param name="deadline">How long chains in flight may take.</param>
    /// <returns>The ring's state.</returns>
    /// <exception cref="TimeoutException">Chains are still in flight; the message says how many.</exception>
    /// <exception cref="InvalidOperationException">It was called on the pump's own thread.</exception>
    public QueueState Stop(TimeSpan deadline)
    {
        if (_thread is null)
        {
            _doorbell.Dispose();
            return _state;
        }
        if (_thread == Thread.CurrentThread) { throw new InvalidOperationException($"{_name}: a pump cannot be stopped from its own thread."); }
        Volatile.Write(ref _stopping, true);
        _doorbell.Ring();
        return JoinWithin(deadline) ? _state
            : throw new TimeoutException($"{_name}: {_loop.Handed} requests are still in flight after {deadline.TotalMilliseconds:0} ms.");
    }

    /// <summary>Waits for the pump's thread, and frees it from a doorbell whose counter the frontend has filled and made blocking.</summary>
    private bool JoinWithin(TimeSpan deadline)
    {
        long began = Stopwatch.GetTimestamp();
        while (true)
        {
            TimeSpan left = deadline - Stopwatch.GetElapsedTime(began);
            if (_thread!.Join(left > s_jamCheck ? s_jamCheck : left > TimeSpan.Zero ? left : TimeSpan.Zero)) { return true; }
            if (left <= TimeSpan.Zero) { return false; }
            _setup.Call?.Unjam();
            _setup.Error?.Unjam();
        }
    }

    private void Run()
    {
        if (_options.Processor is { } processor) { CurrentThread.SetAffinity(processor); }
        Guarded(Serve);
        if (_loop.End is { } end && !Volatile.Read(ref _stopping)) { Report(end); }
        do { Guarded(Drain); }
        while (_loop.Handed > 0);
        _state = _loop.Close();
        _doorbell.Dispose();
    }

    private void Serve()
    {
        _loop.Open();
        while (_loop.End is null && !Volatile.Read(ref _stopping))
        {
            // One small call a round: a loop that never returned would keep the code that it was first compiled to.
            if (_loop.Pass() || _loop.End is not null) { continue; }
            _waiter.Wait(_loop.WantsChains);
            _doorbell.Answer();
        }
    }

    private void Drain()
    {
        _loop.BeginDrain();
        _doorbell.Answer();
        if (!_loop.Pass() && _loop.Handed > 0) { _waiter.Wait(wantsChains: false); }
    }

    private void Report(PumpEnd end)
    {
        if (end is PumpEnd.RingFailed) { _setup.Error?.SignalUnlessFull(); }
        _ended(end);
    }

    private void Guarded(Action phase)
    {
        try
        {
            phase();
        }
        catch (Exception exception)
        {
            _loop.EndBy(new PumpEnd.Faulted(exception));
        }
    }
}
