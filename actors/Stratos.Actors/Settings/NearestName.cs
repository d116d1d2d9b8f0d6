namespace Stratos.Actors.Settings;

/// <summary>Finds what somebody probably meant.</summary>
internal static class NearestName
{
    /// <summary>The candidate that the fewest edits lead to from <paramref name="name"/>.</summary>
    public static string Of(string name, IEnumerable<string> candidates) =>
        candidates.MinBy(candidate => Distance(name, candidate)) ?? throw new ArgumentException("There are no candidates.", nameof(candidates));

    /// <summary>Insertions, deletions and replacements from one text to the other (Levenshtein).</summary>
    public static int Distance(string from, string to)
    {
        int[] row = new int[to.Length + 1];
        for (int column = 0; column < row.Length; column++)
            row[column] = column;
        foreach (char letter in from)
        {
            int diagonal = row[0]++;
            for (int column = 1; column < row.Length; column++)
            {
                int replaced = diagonal + (letter == to[column - 1] ? 0 : 1);
                diagonal = row[column];
                row[column] = Math.Min(replaced, Math.Min(row[column], row[column - 1]) + 1);
            }
        }
        return row[^1];
    }
}
