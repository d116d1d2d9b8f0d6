namespace Stratos.Lab;

/// <summary>What a guest's file system holds beyond the base layer. Each layer costs boot time and memory.</summary>
public enum GuestLayer
{
    /// <summary>fio with its libraries: about 40 MiB unpacked, so give the guest 256 MiB of memory or more.</summary>
    Fio,

    /// <summary>mkfs.ext4, e2fsck, resize2fs, tune2fs, dumpe2fs, debugfs.</summary>
    Ext4,
}
