using System.CommandLine;
using Stratos.Benchmarks.Blackouts;
using Stratos.Benchmarks.Latency;
using Stratos.Benchmarks.Load;
using Stratos.Benchmarks.Peers;
using Stratos.Benchmarks.Rings;

var root = new RootCommand("Measures Stratos Fabric, beside its peers where there are some.") { RingCommand.Create(), BlockCommand.Create(), BlackoutCommand.Create(), LatencyCommand.Create(), LoadCommand.Create(), ServeCommand.Create() };
return root.Parse(args).Invoke();
