using System.Text;

namespace Stratos.HouseRules.Tests;

/// <summary>C# without its comments and the contents of its strings, line for line, so that rules look at code alone.</summary>
internal static class SourceText
{
    public static string CodeOf(string text)
    {
        var code = new StringBuilder(text.Length);
        int at = 0;
        while (at < text.Length)
        {
            int end = EndOfSpecial(text, at);
            if (end == at)
            {
                code.Append(text[at++]);
                continue;
            }
            // Line breaks stay, so that a line's number is the file's.
            foreach (char letter in text.AsSpan(at, end - at))
                if (letter == '\n')
                    code.Append('\n');
            code.Append(' ');
            at = end;
        }
        return code.ToString();
    }

    /// <summary>Where the comment, string or character that begins here ends; here if none does.</summary>
    private static int EndOfSpecial(string text, int at) => text[at] switch
    {
        '/' when Follows(text, at, "//") => EndOf(text, at, "\n", keep: true),
        '/' when Follows(text, at, "/*") => EndOf(text, at + 2, "*/", keep: false),
        '"' when Follows(text, at, "\"\"\"") => EndOfRaw(text, at),
        '"' when at > 0 && (text[at - 1] == '@' || (at > 1 && text[at - 1] == '$' && text[at - 2] == '@')) => EndOfVerbatim(text, at + 1),
        '"' => EndOfQuoted(text, at + 1, '"'),
        '\'' => EndOfQuoted(text, at + 1, '\''),
        _ => at,
    };

    private static bool Follows(string text, int at, string what) => string.CompareOrdinal(text, at, what, 0, what.Length) == 0;

    private static int EndOf(string text, int from, string what, bool keep)
    {
        int found = text.IndexOf(what, from, StringComparison.Ordinal);
        return found < 0 ? text.Length : keep ? found : found + what.Length;
    }

    private static int EndOfRaw(string text, int at)
    {
        int quotes = 0;
        while (at + quotes < text.Length && text[at + quotes] == '"')
            quotes++;
        return EndOf(text, at + quotes, new string('"', quotes), keep: false);
    }

    private static int EndOfVerbatim(string text, int at)
    {
        while (at < text.Length && (text[at] != '"' || Follows(text, at, "\"\"")))
            at += text[at] == '"' ? 2 : 1;
        return Math.Min(at + 1, text.Length);
    }

    private static int EndOfQuoted(string text, int at, char quote)
    {
        while (at < text.Length && text[at] != quote && text[at] != '\n')
            at += text[at] == '\\' ? 2 : 1;
        return Math.Min(at + 1, text.Length);
    }
}
