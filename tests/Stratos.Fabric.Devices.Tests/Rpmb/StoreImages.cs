using Stratos.Fabric.Devices.Rpmb.Store;

namespace Stratos.Fabric.Devices.Tests.Rpmb;

/// <summary>Stores in states that would take too long to reach.</summary>
internal static class StoreImages
{
    /// <summary>Puts a record with a key and a counter into a formatted store.</summary>
    public static void SetCounter(IRpmbMedium medium, byte[] key, uint counter)
    {
        RpmbRecord record = new() { Generation = 2, HasKey = true, WriteCounter = counter };
        key.CopyTo(record.Key);
        record.Seal();
        medium.Write(RpmbLayout.SlotOf(2), record.Bytes);
    }
}
