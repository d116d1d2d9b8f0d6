using System.Globalization;

namespace Stratos.Workload;

/// <summary>A byte stream of numbered records, for consoles: 15 digits and a line feed each, from 0 on.</summary>
public static class NumberedStream
{
    /// <summary>Bytes of a record.</summary>
    public const int RecordLength = 16;

    /// <summary>Writes one record.</summary>
    public static void Write(long number, Span<byte> record)
    {
        number.TryFormat(record, out _, "D15", CultureInfo.InvariantCulture);
        record[RecordLength - 1] = (byte)'\n';
    }
}
