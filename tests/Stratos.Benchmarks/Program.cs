using System.CommandLine;
using Stratos.Benchmarks.Load;

var root = new RootCommand("Measures Stratos Fabric, beside its peers where there are some.") { LoadCommand.Create() };
return root.Parse(args).Invoke();
