using System.Collections.Immutable;

namespace Stratos.Actors.Devices;

/// <summary>The outcome of one decision: the life after it and what is to be done, in this order.</summary>
public readonly record struct DeviceTransition(DeviceLife Life, ImmutableList<DeviceCommand> Commands)
{
    internal static DeviceTransition To(DeviceLife life, params ReadOnlySpan<DeviceCommand> commands) => new(life, [.. commands]);

    internal DeviceTransition Then(params ReadOnlySpan<DeviceCommand> commands) => this with { Commands = Commands.AddRange([.. commands]) };

    internal DeviceTransition Then(Func<DeviceLife, DeviceTransition> next)
    {
        var after = next(Life);
        return new(after.Life, Commands.AddRange(after.Commands));
    }
}
