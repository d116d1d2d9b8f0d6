namespace Stratos.Guest.Tests;

/// <summary>How far two RPMB devices must answer a request alike.</summary>
internal enum RpmbAgreement
{
    /// <summary>In every byte.</summary>
    Whole,

    /// <summary>
    /// In result and response type. Neither standard says what the other fields of a refusal hold: QEMU leaves counter and
    /// address of a refused write empty, and has MACs under a key of zeroes while there is no key; ours gives the counter as
    /// it is, and no MAC without a key.
    /// </summary>
    Result,

    /// <summary>Not at all: QEMU carries out what lies beyond the partition's end, where both standards ask for an address failure.</summary>
    AddressFailureOfOursAlone,
}
