using System.Globalization;

namespace Stratos.Workload;

/// <summary>Reads a <see cref="NumberedStream"/> piece by piece and finds records that are lost, repeated, out of order or damaged.</summary>
/// <remarks>One thread.</remarks>
public sealed class NumberedStreamCheck
{
    private readonly byte[] _record = new byte[NumberedStream.RecordLength];
    private int _filled;

    /// <summary>Records that came in order.</summary>
    public long Received { get; private set; }

    /// <summary>The number that comes next.</summary>
    public long Next { get; private set; }

    /// <summary>Records that were jumped over.</summary>
    public long Lost { get; private set; }

    /// <summary>Records that came again, or too late.</summary>
    public long Repeated { get; private set; }

    /// <summary>Lines that are no record.</summary>
    public long Damaged { get; private set; }

    /// <summary>The first thing that was wrong, in words; null if nothing is.</summary>
    public string? Problem { get; private set; }

    /// <summary>Bytes of a record that has not come whole.</summary>
    public int Partial => _filled;

    /// <summary>Takes the next bytes of the stream.</summary>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
        {
            if (_filled < _record.Length)
                _record[_filled++] = value;
            if (value == (byte)'\n' || _filled == _record.Length)
                EndRecord();
        }
    }

    private void EndRecord()
    {
        var whole = _filled == _record.Length && _record[^1] == (byte)'\n';
        _filled = 0;
        if (!whole || !long.TryParse(_record.AsSpan(0, NumberedStream.RecordLength - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            Damaged++;
            Problem ??= $"after record {Next - 1} came a line that is no record";
            return;
        }
        if (number == Next)
            Received++;
        else if (number > Next)
            Lost += number - Next;
        else
            Repeated++;
        if (number != Next)
            Problem ??= $"record {number} came where record {Next} was expected";
        Next = Math.Max(Next, number + 1);
    }
}
