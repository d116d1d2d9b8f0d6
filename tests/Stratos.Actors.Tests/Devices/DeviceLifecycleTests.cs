using CsCheck;
using Stratos.Actors.Devices;
using Stratos.Actors.Tests.Testing;
using Stratos.Fabric.Virtio.Contract;
using Stratos.Fabric.Virtio.Journal;
using Stratos.Fabric.Virtio.Memory;
using Stratos.Fabric.Virtio.Pump;
using Stratos.Fabric.Virtio.Spec;
using Stratos.Testing;

namespace Stratos.Actors.Tests.Devices;

/// <summary>
/// The pure life of a device under every order of operations, faults and delays that a seed gives, played against a model
/// of the world that carries the commands out.
/// </summary>
public sealed class DeviceLifecycleTests
{
    [Fact]
    public void Every_history_keeps_the_promises() => Gen.Int[0, 99].Array[1, 120].Sample(
        choices =>
        {
            var world = new World();
            foreach (int choice in choices)
                world.Step(choice);
            world.ComeToRest();
            return true;
        },
        iter: CampaignSize.Of(ci: 3_000, full: 200_000));

    [Fact]
    public void A_close_always_ends_closed() => Gen.Int[0, 99].Array[1, 60].Sample(
        choices =>
        {
            var world = new World();
            foreach (int choice in choices)
                world.Step(choice);
            world.Close();
            world.ComeToRest();
            return world.Life.Phase == DevicePhase.Closed && world.Pumps.Count == 0;
        },
        iter: CampaignSize.Of(ci: 1_000, full: 50_000));

    [Fact]
    public void A_decision_is_a_function_of_life_event_and_time() => Gen.Int[0, 99].Array[1, 60].Sample(choices =>
    {
        World first = new(), second = new();
        foreach (int choice in choices)
        {
            first.Step(choice);
            second.Step(choice);
        }
        return first.Trace.SequenceEqual(second.Trace);
    });

    /// <summary>Carries commands out as actors would, in an order that the choices give, and checks what must always hold.</summary>
    private sealed class World
    {
        private static readonly DeviceDescription Description = new(
            "dev0", VirtioDeviceId.Entropy, VirtioFeatures.Rings, [new("q0", 64), new("q1", 64), new("q2", 64)], 0, 0);

        private static readonly QueueJournal Journal = JournalFile.CreatePrivate(3, 64, packed: false).Queue(0);

        private readonly List<DeviceEvent> _coming = [];
        private bool _owed;
        private bool _attached;
        private bool _sessionRuns = true;
        private bool _closing;
        private TimeSpan _now;

        public DeviceLife Life { get; private set; } = DeviceLife.Created(Description, TestSettings.Supervision);

        /// <summary>Queues whose pump runs, or is about to.</summary>
        public HashSet<int> Pumps { get; } = [];

        public List<string> Trace { get; } = [];

        public void Step(int choice)
        {
            _now += TimeSpan.FromMilliseconds(choice);
            int queue = choice % 3;
            switch (choice / 10)
            {
                case 0 or 1 or 2:
                    Ask(choice % 10, queue);
                    break;
                case 3 when Pumps.Contains(queue) && !_coming.Any(next => IndexOf(next) == queue):
                    // A pump that ends by itself; the device learns of it now.
                    Pumps.Remove(queue);
                    Happen(choice switch
                    {
                        < 36 => new DeviceEvent.QueueFaulted(queue, QueueState.Initial, "fault"),
                        < 39 => new DeviceEvent.RingFailed(queue, QueueState.Initial, "malformed"),
                        _ => new DeviceEvent.QueueFenced(queue, QueueState.Initial),
                    });
                    break;
                case 4 when choice == 41 && Life.TakesOperations && !_closing:
                    Happen(new DeviceEvent.DeviceFaulted("its code threw"));
                    break;
                case 5 when choice == 51 && _sessionRuns && !_closing:
                    _sessionRuns = false;
                    Happen(new DeviceEvent.SessionEnded("broken"));
                    break;
                case >= 6 when _coming.Count > 0:
                    // What was commanded comes true in any order between queues, in its own order for one queue.
                    var next = _coming[choice % _coming.Count];
                    next = _coming.First(other => IndexOf(other) == IndexOf(next));
                    _coming.Remove(next);
                    Happen(next);
                    break;
            }
            Check();
        }

        public void Close()
        {
            _closing = true;
            Happen(new DeviceEvent.CloseAsked());
        }

        public void ComeToRest()
        {
            for (int step = 0; _coming.Count > 0; step++)
            {
                Assert.True(step < 10_000, $"The device never comes to rest: {string.Join(", ", _coming)}");
                var next = _coming[0];
                _coming.RemoveAt(0);
                _now += TimeSpan.FromMilliseconds(1);
                Happen(next);
                Check();
            }
            Assert.False(_owed, "an operation was never answered");
            Assert.DoesNotContain(Life.Queues.Values, queue => queue.IsChanging);
            Assert.Contains(Life.Phase, new[] { DevicePhase.Idle, DevicePhase.Attached, DevicePhase.Closed, DevicePhase.Lost });
            if (Life.Phase == DevicePhase.Attached)
                Assert.Equal(Pumps.Order(), Life.Queues.Where(queue => queue.Value is QueueLife.Running).Select(queue => queue.Key).Order());
        }

        private void Ask(int kind, int queue)
        {
            if (!Life.TakesOperations || !_sessionRuns || _owed)
                return;
            _owed = true;
            Happen(kind switch
            {
                0 or 1 => new DeviceEvent.AttachAsked(),
                2 => new DeviceEvent.ResetAsked(),
                <= 6 => new DeviceEvent.StartAsked(Setup(queue)),
                _ => new DeviceEvent.StopAsked(queue),
            });
        }

        private void Happen(DeviceEvent happened)
        {
            if (happened is DeviceEvent.QueueStopped stopped)
                Pumps.Remove(stopped.Index);
            // Whoever asked has gone with the session, answered or not.
            if (happened is DeviceEvent.SessionEnded)
                _owed = false;
            var decided = DeviceLifecycle.Apply(Life, happened, _now);
            Life = decided.Life;
            Trace.Add($"{_now} {happened} -> {string.Join("; ", decided.Commands.Select(command => command.GetType().Name))}");
            foreach (var command in decided.Commands)
                Carry(command);
        }

        private void Carry(DeviceCommand command)
        {
            switch (command)
            {
                case DeviceCommand.Answer or DeviceCommand.Refuse:
                    Assert.True(_owed, $"{command} though nothing was asked");
                    _owed = false;
                    break;
                case DeviceCommand.Activate:
                    Assert.Empty(Pumps);
                    _attached = true;
                    Happen(new DeviceEvent.Activated());
                    break;
                case DeviceCommand.ResetDevice:
                    Assert.Empty(Pumps);
                    Happen(new DeviceEvent.ResetDone());
                    break;
                case DeviceCommand.Discard:
                    Assert.Empty(Pumps);
                    _attached = false;
                    break;
                case DeviceCommand.StartQueue start:
                    Assert.True(_attached, "a queue was started on a device that is not active");
                    Assert.True(Pumps.Add(start.Setup.Index), "a second pump was started on a queue");
                    _coming.Add(new DeviceEvent.QueueStarted(start.Setup.Index));
                    break;
                case DeviceCommand.StopQueue stop:
                    // A pump that has ended by itself meanwhile has told so already.
                    if (Pumps.Contains(stop.Index))
                        _coming.Add(new DeviceEvent.QueueStopped(stop.Index, QueueState.Initial));
                    break;
                case DeviceCommand.DelayQueue delay:
                    _coming.Add(new DeviceEvent.QueueDelayOver(delay.Index));
                    break;
                case DeviceCommand.DelayDevice:
                    _coming.Add(new DeviceEvent.DeviceDelayOver());
                    break;
                case DeviceCommand.DelaySession:
                    _coming.Add(new DeviceEvent.SessionDelayOver());
                    break;
                case DeviceCommand.RunSession:
                    Assert.False(_sessionRuns, "a second session was run");
                    _sessionRuns = true;
                    break;
                case DeviceCommand.StopSession:
                    _sessionRuns = false;
                    _coming.Add(new DeviceEvent.SessionEnded("asked"));
                    break;
                case DeviceCommand.Closed:
                    Assert.Empty(Pumps);
                    break;
            }
        }

        private void Check()
        {
            foreach (var stopped in _coming.OfType<DeviceEvent.QueueStopped>().ToArray())
                Assert.Contains(stopped.Index, Pumps);
            Assert.True(Life.Restarts.Recent.Length <= TestSettings.Supervision.Device.Limit);
            Assert.All(Life.QueueRestarts.Values, history => Assert.True(history.Recent.Length <= TestSettings.Supervision.Queue.Limit));
        }

        private static int? IndexOf(DeviceEvent happened) => happened switch
        {
            DeviceEvent.QueueStarted started => started.Index,
            DeviceEvent.QueueStopped stopped => stopped.Index,
            DeviceEvent.QueueDelayOver over => over.Index,
            _ => null,
        };

        private static QueueSetup Setup(int index) => new()
        {
            Index = index,
            Size = 64,
            Features = VirtioFeatures.Version1,
            Memory = GuestMemory.Empty,
            Addresses = default,
            State = QueueState.Initial,
            Journal = Journal,
        };
    }
}
