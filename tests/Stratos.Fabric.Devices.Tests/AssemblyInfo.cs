using Xunit.v3;

// The tests count what serving threads allocate, to the byte: nothing else collects or compiles beside them.
[assembly: Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
