using System.CommandLine;
using Stratos.Fabric.Devices.Rpmb;
using Stratos.Fabric.Devices.Rpmb.Client;
using Stratos.Fabric.Virtio.Spec;

namespace Stratos.GuestDriver;

/// <summary>The commands of <c>stratos-driver rpmb</c>.</summary>
internal sealed class RpmbCommand
{
    private readonly Option<string> _key = new("--key") { Description = "A file with the 32 bytes of the authentication key.", HelpName = "PATH", Recursive = true };
    private readonly Option<string?> _mmc = new("--mmc") { Description = "Speak to an eMMC's partition, such as /dev/mmcblk0rpmb, instead of the virtio device.", HelpName = "PATH", Recursive = true };
    private readonly Option<bool> _split = new("--split") { Description = "Use split rings where packed ones are offered.", Recursive = true };
    private readonly Option<ushort> _address = new("--address") { Description = "The first block of 256 bytes; default 0.", HelpName = "N" };
    private readonly Option<int> _blocks = new("--blocks") { Description = "The number of blocks; default 1.", HelpName = "N", DefaultValueFactory = static _ => 1 };
    private readonly Option<string> _file = new("--file") { Description = "The file to take from or to write to.", HelpName = "PATH", Required = true };

    /// <summary>Makes the command.</summary>
    public static Command Create() => new RpmbCommand().Build();

    private Command Build() => new("rpmb", "Memory for secrets: programs the key, writes, reads. Example: stratos-driver rpmb write --key key.bin --address 4 --file data.bin")
    {
        _key, _mmc, _split,
        Verb("info", "Print capacity and limits of the virtio device.", Info),
        Verb("program", "Program the key, for all time.", parsed => WithOwner(parsed, static owner => Report(owner.ProgramKey()))),
        Verb("counter", "Print the write counter.", parsed => WithOwner(parsed, Counter)),
        Verb("write", "Write a file of whole blocks.", parsed => WithOwner(parsed, owner => Write(owner, parsed)), _address, _file),
        Verb("read", "Read blocks into a file.", parsed => WithOwner(parsed, owner => Read(owner, parsed)), _address, _blocks, _file),
        Verb("frames", "Send requests as they stand in a file, and print the responses: in each line the response frames that there is room for, a space, the request's frames in hexadecimal digits.", Frames, _file),
        Verb("campaign", "Write, read back and forge until a file appears, and keep account.", Campaign, _file),
    };

    private static Command Verb(string name, string description, Func<ParseResult, int> action, params Option[] options)
    {
        Command command = new(name, description);
        foreach (Option option in options) { command.Options.Add(option); }
        command.SetAction(parsed => GuestEdge.Run(() => action(parsed)));
        return command;
    }

    private static int Report(RpmbResult result)
    {
        Console.WriteLine(result);
        return result is RpmbResult.Ok ? 0 : 1;
    }

    private static int Counter(RpmbClient owner)
    {
        RpmbResult result = owner.ReadCounter(out uint counter);
        if (result is RpmbResult.NoAuthKey) { return Report(result); }
        Console.WriteLine(counter);
        return 0;
    }

    private int Info(ParseResult parsed)
    {
        using VirtioRpmbChannel channel = new(FeaturesOf(parsed));
        Console.WriteLine($"capacity {channel.Capacity * 128} KiB, at most {channel.MostWrite} blocks a write and {channel.MostRead} a read");
        return 0;
    }

    private int Write(RpmbClient owner, ParseResult parsed)
    {
        RpmbResult result = owner.ReadCounter(out uint counter);
        return Report(result is RpmbResult.Ok ? owner.Write(parsed.GetValue(_address), File.ReadAllBytes(parsed.GetRequiredValue(_file)), counter) : result);
    }

    private int Read(RpmbClient owner, ParseResult parsed)
    {
        byte[] data = new byte[parsed.GetValue(_blocks) * RpmbFrame.BlockLength];
        RpmbResult result = owner.Read(parsed.GetValue(_address), data);
        if (result is RpmbResult.Ok) { File.WriteAllBytes(parsed.GetRequiredValue(_file), data); }
        return Report(result);
    }

    private int Frames(ParseResult parsed) => WithChannel(parsed, channel =>
    {
        FrameScript.Run(File.ReadLines(parsed.GetRequiredValue(_file)), channel, Console.Out);
        return 0;
    });

    private int Campaign(ParseResult parsed) => WithChannel(parsed, channel =>
    {
        string stop = parsed.GetRequiredValue(_file);
        using RpmbClient owner = new(channel, KeyOf(parsed));
        using RpmbClient forger = new(channel, new byte[RpmbFrame.MacLength]);
        RpmbCampaign campaign = new(owner, forger);
        campaign.Run(() => File.Exists(stop));
        Console.WriteLine($"writes {campaign.Writes} refused {campaign.Refused}");
        return 0;
    });

    private int WithOwner(ParseResult parsed, Func<RpmbClient, int> action) => WithChannel(parsed, channel =>
    {
        using RpmbClient owner = new(channel, KeyOf(parsed));
        return action(owner);
    });

    private int WithChannel(ParseResult parsed, Func<IRpmbChannel, int> action)
    {
        if (parsed.GetValue(_mmc) is { } path)
        {
            using MmcRpmbChannel partition = new(path);
            return action(partition);
        }
        using VirtioRpmbChannel channel = new(FeaturesOf(parsed));
        return action(channel);
    }

    private byte[] KeyOf(ParseResult parsed)
    {
        string path = parsed.GetValue(_key) ?? throw new ArgumentException("--key: a file with the key is needed for this.");
        byte[] key = File.ReadAllBytes(path);
        return key.Length == RpmbFrame.MacLength ? key : throw new ArgumentException($"--key: {path} has {key.Length} bytes; a key has 32.");
    }

    private ulong FeaturesOf(ParseResult parsed) =>
        VirtioFeatures.IndirectDescriptors | VirtioFeatures.EventIndex | (parsed.GetValue(_split) ? 0 : VirtioFeatures.RingPacked);
}
