namespace Stratos.Fabric.Virtio.Rings;

/// <summary>Whoever gave a chain to a handler and takes it back.</summary>
internal interface IChainOwner
{
    /// <summary>The handler is about to run the request's effect. The handler's thread.</summary>
    void Started(DescriptorChain chain);

    /// <summary>The handler has completed the chain, with the number of bytes in <see cref="DescriptorChain.Written"/>. Any thread.</summary>
    void Completed(DescriptorChain chain);

    /// <summary>The handler gave the chain back unserved. Any thread.</summary>
    void Released(DescriptorChain chain);
}
