namespace Stratos.Fabric.Devices.Catalogue;

/// <summary>Finds what somebody may have meant by a name that does not exist.</summary>
internal static class NearestName
{
    /// <summary>A sentence that names the nearest known name, or all of them if none is near.</summary>
    public static string Suggest(string unknown, IReadOnlyCollection<string> known)
    {
        string? nearest = known.MinBy(name => Distance(unknown, name));
        return nearest is not null && Distance(unknown, nearest) <= Math.Max(1, nearest.Length / 3)
            ? $"Did you mean '{nearest}'?"
            : $"Known are: {string.Join(", ", known)}.";
    }

    /// <summary>The number of characters to insert, remove or replace to get from one text to the other.</summary>
    private static int Distance(string from, string to)
    {
        int[] row = [.. Enumerable.Range(0, to.Length + 1)];
        for (int i = 1; i <= from.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.Length; j++)
            {
                int replaced = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[^1];
    }
}
