namespace Stratos.Fabric.Virtio.Journal;

/// <summary>What recovery needs to see and mend of a packed descriptor ring.</summary>
internal interface IPackedSlots
{
    /// <summary>Number of slots.</summary>
    ushort Size { get; }

    /// <summary>Whether a slot's flags are those of an available descriptor of a lap.</summary>
    bool IsAvailable(int slot, bool wrap);

    /// <summary>Gives a slot the flags of an available descriptor of a lap again, if it has those of a used one.</summary>
    void MarkAvailable(int slot, bool wrap);
}
