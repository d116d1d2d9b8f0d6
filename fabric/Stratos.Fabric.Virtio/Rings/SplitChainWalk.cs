namespace Stratos.Fabric.Virtio.Rings;

/// <summary>Follows a chain of a split ring through the descriptor table and at most one indirect table (virtio 1.4, section 2.7.5).</summary>
internal readonly unsafe struct SplitChainWalk(ChainAssembler assembler, bool indirectNegotiated)
{
    /// <summary>Adds all buffers of a chain.</summary>
    /// <param name="table">The descriptor table.</param>
    /// <param name="tableSize">Its number of descriptors.</param>
    /// <param name="first">A copy of the chain's first descriptor.</param>
    /// <returns>False if the chain is malformed; the assembler has the reason.</returns>
    internal bool Walk(nint table, int tableSize, RingDescriptor first)
    {
        RingDescriptor descriptor = first;
        bool direct = true;
        while (true)
        {
            if ((descriptor.SplitFlags & DescriptorFlags.Indirect) != 0)
            {
                if (!direct) { return assembler.Fail("it has an indirect table within an indirect table"); }
                if ((descriptor.SplitFlags & DescriptorFlags.Next) != 0) { return assembler.Fail($"its indirect table at {descriptor.Address:#x} is not its last descriptor"); }
                if (!assembler.TryFindTable(descriptor.Address, descriptor.Length, indirectNegotiated, out table)) { return false; }
                direct = false;
                tableSize = (int)(descriptor.Length / RingDescriptor.Size);
                descriptor = RingDescriptor.ReadUnaligned((byte*)table);
                continue;
            }
            // The assembler counts, so that a loop ends after as many descriptors as the queue has.
            if (!assembler.Add(descriptor.Address, descriptor.Length, (descriptor.SplitFlags & DescriptorFlags.Write) != 0)) { return false; }
            if ((descriptor.SplitFlags & DescriptorFlags.Next) == 0) { return true; }
            if (descriptor.SplitNext >= tableSize) { return assembler.Fail($"it goes on at descriptor {descriptor.SplitNext} of a table of {tableSize}"); }
            descriptor = RingDescriptor.ReadUnaligned((byte*)table + (descriptor.SplitNext * RingDescriptor.Size));
        }
    }
}
