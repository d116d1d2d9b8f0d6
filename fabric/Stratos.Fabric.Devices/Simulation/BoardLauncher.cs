using Stratos.Fabric.Devices.Catalogue;

namespace Stratos.Fabric.Devices.Simulation;

/// <summary>
/// The board of a simulated device whose user named none: a file in a folder of the process that lets others serve the
/// device, so that the hardware is still there when one of those dies. It goes with that process.
/// </summary>
public sealed class BoardLauncher : DeviceLauncher
{
    private const string Chips = "chips";
    private const string Board = "board";

    private readonly string? _path;

    private BoardLauncher(IReadOnlyDictionary<string, string> options, string? path) : base(options) => _path = path;

    /// <summary>Names a board for simulated chips that have none.</summary>
    /// <param name="options">Options of a kind with the options <c>chips</c> and <c>board</c>.</param>
    /// <param name="folder">A folder of this process's own.</param>
    public static BoardLauncher Open(IReadOnlyDictionary<string, string> options, string folder)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!options.ContainsKey(Chips) || options.ContainsKey(Board)) { return new(options, null); }
        string path = Path.Combine(folder, $"{Guid.NewGuid():N}.board");
        return new(new Dictionary<string, string>(options) { [Board] = path }, path);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (_path is not null) { File.Delete(_path); }
        base.Dispose(disposing);
    }
}
