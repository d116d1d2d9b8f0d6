namespace Stratos.Transports.Keeper.Tests.Simulation;

/// <summary>Descriptors that are only numbers, each given out once, so that every leak and every double close shows.</summary>
public sealed class DescriptorLedger
{
    private readonly HashSet<int> _open = [];
    private int _last;

    public int Open => _open.Count;

    public int Make()
    {
        _open.Add(++_last);
        return _last;
    }

    public void Close(int descriptor) => Assert.True(_open.Remove(descriptor), $"descriptor {descriptor} was closed, but is not open");

    public void RequireOpen(int descriptor) => Assert.True(_open.Contains(descriptor), $"descriptor {descriptor} is used, but is not open");
}
