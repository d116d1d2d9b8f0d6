using System.CommandLine;
using Stratos.Cli.Commands;

Console.SetError(new LossyWriter(Console.Error));
var root = new RootCommand("Stratos Fabric: virtio devices as supervised actors, across the partitions of a machine.")
{
    DemoCommand.Create(),
    DeviceCommand.Create(),
    PartitionCommand.Create(),
};
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
