namespace Stratos.Fabric.Virtio.Rings;

/// <summary>Adds the buffers of a list of packed descriptors, direct or in one indirect table (virtio 1.4, sections 2.8.5 to 2.8.7).</summary>
internal readonly unsafe struct PackedChainWalk(ChainAssembler assembler, bool indirectNegotiated)
{
    /// <summary>Adds all buffers of a list.</summary>
    /// <param name="descriptors">Private copies of the list in the ring.</param>
    /// <returns>False if the list is malformed; the assembler has the reason.</returns>
    internal bool Walk(ReadOnlySpan<RingDescriptor> descriptors)
    {
        foreach (RingDescriptor descriptor in descriptors)
        {
            if ((descriptor.PackedFlags & DescriptorFlags.Indirect) != 0)
            {
                if (descriptors.Length > 1) { return assembler.Fail($"it has an indirect table at {descriptor.Address:#x} among {descriptors.Length} descriptors"); }
                return WalkTable(descriptor);
            }
            if (!assembler.Add(descriptor.Address, descriptor.Length, (descriptor.PackedFlags & DescriptorFlags.Write) != 0)) { return false; }
        }
        return true;
    }

    private bool WalkTable(RingDescriptor reference)
    {
        if (!assembler.TryFindTable(reference.Address, reference.Length, indirectNegotiated, out nint table)) { return false; }
        byte* end = (byte*)table + reference.Length;
        for (byte* source = (byte*)table; source < end; source += RingDescriptor.Size)
        {
            // Only the write flag means something in here; all others, and the id, are to be ignored (section 2.8.7).
            RingDescriptor descriptor = RingDescriptor.ReadUnaligned(source);
            if (!assembler.Add(descriptor.Address, descriptor.Length, (descriptor.PackedFlags & DescriptorFlags.Write) != 0)) { return false; }
        }
        return true;
    }
}
