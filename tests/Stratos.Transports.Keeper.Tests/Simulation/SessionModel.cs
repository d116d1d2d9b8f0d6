using System.Runtime.InteropServices;
using Stratos.Transports.VhostUser.Protocol.Messages;
using Stratos.Transports.VhostUser.Protocol.Payloads;

namespace Stratos.Transports.Keeper.Tests.Simulation;

/// <summary>
/// What a session amounts to, as the sequence of its messages says, written without regard to how the keeper keeps it.
/// The frontend's side applies what it sent, a worker's side what it received; both must come to the same.
/// </summary>
public sealed class SessionModel
{
    private readonly SortedDictionary<string, string> _settings = [];

    public int Rings { get; init; } = 4;

    public string? this[string key] => _settings.GetValueOrDefault(key);

    public bool IsEmpty => _settings.Count == 0;

    public bool IsStarted(uint ring) => _settings.ContainsKey($"ring {ring} kick");

    public void Apply(FrontendRequest request, ReadOnlySpan<byte> payload, ReadOnlySpan<int> descriptors)
    {
        switch (request)
        {
            case FrontendRequest.SetStatus when MemoryMarshal.Read<ulong>(payload) == 0 && _settings.ContainsKey($"{FrontendRequest.SetStatus}"):
                Apply(FrontendRequest.ResetDevice, [], []);
                break;
            case FrontendRequest.SetFeatures or FrontendRequest.SetStatus or FrontendRequest.SetLogBase or FrontendRequest.SetLogFd
                or FrontendRequest.SetInflightFd or FrontendRequest.SetOwner:
                _settings[$"{request}"] = Convert.ToHexString(payload) + Words(descriptors);
                break;
            case FrontendRequest.SetMemTable:
                Remove("region");
                var reader = new MessageReader(payload);
                var count = reader.Read<MemoryTableHeader>().Regions;
                for (var i = 0; i < count; i++) Add(reader.Read<MemoryRegion>(), descriptors[i]);
                break;
            case FrontendRequest.AddMemReg:
                Add(MemoryMarshal.Read<SingleMemoryRegion>(payload).Region, descriptors[0]);
                break;
            case FrontendRequest.RemMemReg:
                Assert.True(_settings.Remove(Name(MemoryMarshal.Read<SingleMemoryRegion>(payload).Region)), "a region was removed that is not there");
                break;
            case FrontendRequest.SetVringKick or FrontendRequest.SetVringCall or FrontendRequest.SetVringErr:
                var what = request == FrontendRequest.SetVringKick ? "kick" : request == FrontendRequest.SetVringCall ? "call" : "error";
                _settings[$"ring {MemoryMarshal.Read<VringDescriptor>(payload).Index} {what}"] = Words(descriptors);
                break;
            case FrontendRequest.SetVringNum or FrontendRequest.SetVringBase or FrontendRequest.SetVringAddr or FrontendRequest.SetVringEnable:
                _settings[$"ring {MemoryMarshal.Read<uint>(payload)} {request}"] = Convert.ToHexString(payload);
                break;
            case FrontendRequest.GetVringBase:
                Stop(MemoryMarshal.Read<uint>(payload));
                break;
            case FrontendRequest.ResetDevice:
                Remove("ring");
                Remove($"{FrontendRequest.SetStatus}");
                break;
            case FrontendRequest.ResetOwner:
                for (var ring = 0u; ring < Rings; ring++)
                    if (_settings.ContainsKey($"ring {ring} {FrontendRequest.SetVringEnable}")) SetNumber(FrontendRequest.SetVringEnable, ring, 0);
                break;
        }
    }

    public void Stop(uint ring) => _settings.Remove($"ring {ring} kick");

    public void SetNumber(FrontendRequest request, uint ring, uint number)
    {
        var state = new VringState(ring, number);
        Apply(request, MemoryMarshal.AsBytes(new ReadOnlySpan<VringState>(in state)), []);
    }

    public void Clear() => _settings.Clear();

    /// <summary>Requires that a worker knows all of the frontend's session, and neither a memory nor a started ring beyond it.</summary>
    public void RequireKnownBy(SessionModel worker)
    {
        foreach (var (key, value) in _settings)
            Assert.True(worker[key] == value, $"{key} is {value} to the frontend, but {worker[key] ?? "unknown"} to the worker");
        foreach (var key in worker._settings.Keys)
        {
            if (key.StartsWith("region", StringComparison.Ordinal) || key.EndsWith("kick", StringComparison.Ordinal))
                Assert.True(_settings.ContainsKey(key), $"the worker has {key}, of which the frontend knows nothing");
        }
    }

    private void Add(in MemoryRegion region, int descriptor) => _settings[Name(region)] = $"{region.MapOffset} fd {descriptor}";

    private static string Name(in MemoryRegion region) => $"region {region.GuestAddress:x} {region.UserAddress:x} {region.Size:x}";

    private static string Words(ReadOnlySpan<int> descriptors) => descriptors.IsEmpty ? "" : $" fd {descriptors[0]}";

    private void Remove(string prefix)
    {
        foreach (var key in _settings.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)).ToArray()) _settings.Remove(key);
    }
}
