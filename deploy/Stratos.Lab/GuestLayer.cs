namespace Stratos.Lab;

/// <summary>What a guest's file system holds beyond the base layer. Each layer costs boot time and memory.</summary>
public enum GuestLayer
{
    /// <summary>fio with its libraries: about 50 MiB unpacked; a guest of 256 MiB has 130 left.</summary>
    Fio,

    /// <summary>mkfs.ext4, e2fsck, resize2fs, tune2fs, dumpe2fs, debugfs.</summary>
    Ext4,

    /// <summary>Linux's own tests of clocks: rtctest and testptp.</summary>
    SelfTests,

    /// <summary>mmc (mmc-utils) and openssl, whose library .NET programs need for HMACs.</summary>
    Rpmb,
}
