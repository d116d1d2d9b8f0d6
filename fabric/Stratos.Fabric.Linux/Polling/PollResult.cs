namespace Stratos.Fabric.Linux;

/// <summary>One descriptor on which something happened.</summary>
/// <param name="Token">The number that was given when the descriptor was added.</param>
/// <param name="Events">What happened.</param>
public readonly record struct PollResult(ulong Token, PollEvents Events);
