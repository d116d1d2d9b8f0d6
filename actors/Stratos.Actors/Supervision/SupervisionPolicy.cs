namespace Stratos.Actors.Supervision;

/// <summary>The restart policies of a partition, smallest unit first.</summary>
/// <param name="Queue">Restarts of one queue alone.</param>
/// <param name="Device">Restarts of a device with all its queues; the next failure ends the partition.</param>
/// <param name="Session">Restarts of a transport session; without limit, since the fault is usually outside.</param>
public sealed record SupervisionPolicy(RestartPolicy Queue, RestartPolicy Device, RestartPolicy Session);
