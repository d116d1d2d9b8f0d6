namespace Stratos.Workload;

/// <summary>The running account of a load. Written by the load's thread; <see cref="Done"/> may be read by any.</summary>
public sealed class LoadAccount
{
    private const int MostProblems = 20;
    private readonly List<string> _problems = [];
    private long _done;
    private long _failed;
    private long _lost;
    private long _repeated;
    private long _corrupted;

    /// <summary>Requests completed as they should be, until now.</summary>
    public long Done => Volatile.Read(ref _done);

    internal int Reconnects { get; set; }

    internal void AddDone(long count = 1) => Volatile.Write(ref _done, _done + count);

    internal void AddFailed(string problem) => Add(ref _failed, 1, problem);

    internal void AddLost(long count, string problem) => Add(ref _lost, count, problem);

    internal void AddRepeated(string problem) => Add(ref _repeated, 1, problem);

    internal void AddCorrupted(string problem) => Add(ref _corrupted, 1, problem);

    internal void AddProblem(string problem)
    {
        if (_problems.Count < MostProblems)
            _problems.Add(problem);
    }

    internal LoadReport Close(string name, int seed, TimeSpan duration) =>
        new(name, seed, duration, _done, _failed, _lost, _repeated, _corrupted, Reconnects, [.. _problems]);

    private void Add(ref long counter, long count, string problem)
    {
        counter += count;
        AddProblem(problem);
    }
}
