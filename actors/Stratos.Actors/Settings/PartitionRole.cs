namespace Stratos.Actors.Settings;

/// <summary>What a partition is for.</summary>
public enum PartitionRole
{
    /// <summary><c>safety-island</c>: supervises the others and decides placement.</summary>
    SafetyIsland,
    /// <summary><c>stub-vm</c>: serves devices beside the primary VM.</summary>
    StubVm,
    /// <summary><c>primary-vm</c>: runs the main guest's side.</summary>
    PrimaryVm,
}
