namespace Stratos.Lab;

/// <summary>The temporary folder of one run: its sockets, its script, its file system when it has layers.</summary>
internal sealed class RunFolder : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("stratos-lab-").FullName;

    public string Console => In("console.sock");

    public string Output => In("output.sock");

    public string Monitor => In("monitor.sock");

    public string Write(string name, string content)
    {
        File.WriteAllText(In(name), content);
        return In(name);
    }

    /// <summary>The lab's kernel as it is, or with the device tree that the spec asks for.</summary>
    public string Kernel(LabEnvironment lab, GuestSpec spec)
    {
        if (DeviceTreeSource.Build(spec) is not { } source)
        {
            return lab.Kernel;
        }

        string compiled = In("tree.dtb");
        DeviceTreeKernel.Compile(lab.DeviceTreeCompiler, Write("tree.dts", source), compiled);
        File.WriteAllBytes(In("kernel"), DeviceTreeKernel.Append(File.ReadAllBytes(lab.Kernel), File.ReadAllBytes(compiled)));
        return In("kernel");
    }

    /// <summary>
    /// The base layer as it is, or joined with others: the kernel unpacks archives that follow each other. One that is not
    /// compressed comes first, as the kernel cannot tell it from more of a compressed one.
    /// </summary>
    public string FileSystem(LabEnvironment lab, IReadOnlyList<GuestLayer> layers, IReadOnlyList<GuestProgram> programs)
    {
        if (layers.Count == 0 && programs.Count == 0)
        {
            return lab.BaseLayer;
        }

        string joined = In("initrd");
        using FileStream target = File.Create(joined);
        if (programs.Count > 0)
        {
            WritePrograms(target, programs);
        }

        foreach (string layer in layers.Distinct().Select(lab.Layer).Prepend(lab.BaseLayer))
        {
            using FileStream source = File.OpenRead(layer);
            source.CopyTo(target);
        }

        return joined;
    }

    private static void WritePrograms(Stream target, IReadOnlyList<GuestProgram> programs)
    {
        var archive = new CpioArchive(target);
        foreach (GuestProgram program in programs)
        {
            archive.Add(program.GuestPath, File.ReadAllBytes(program.HostPath));
        }

        archive.End();
    }

    public void Dispose() => Directory.Delete(_path, recursive: true);

    private string In(string name) => Path.Combine(_path, name);
}
