using Xunit.v3;

// The tests count the process's descriptors and mappings, and one of them fills the guard's table.
[assembly: Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
