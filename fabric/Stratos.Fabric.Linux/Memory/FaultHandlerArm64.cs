namespace Stratos.Fabric.Linux;

/// <summary>The SIGBUS handler for arm64: position-independent machine code, then the words of <see cref="FaultHandlerPage"/>.</summary>
/// <remarks>
/// Made with aarch64-linux-gnu-as 2.40 (<c>-march=armv8-a</c>) from exactly the text at the right, and run under qemu-aarch64.
/// The row's fields: start 0, end 8, faulted 16, users 20, protection 24; 32 bytes, 1024 rows.
/// On entry x0 is the signal, x1 the siginfo_t, x2 the ucontext_t; system calls clobber x0 alone.
/// </remarks>
internal static class FaultHandlerArm64
{
    internal static ReadOnlySpan<uint> Code =>
    [
        // entry:
        0xD503245F, // bti c
        0xB9400829, // ldr w9, [x1, #8]
        0x7100093F, // cmp w9, #2
        0x54000060, // b.eq search
        0x7100113F, // cmp w9, #4
        0x54000701, // b.ne foreign
        // search:
        0xF9400829, // ldr x9, [x1, #16]
        0x58000A2A, // ldr x10, table
        0x9140214B, // add x11, x10, #8, lsl #12
        // row:
        0xC8DFFD4C, // ldar x12, [x10]
        0xEB0C013F, // cmp x9, x12
        0x540005E3, // b.lo next
        0xF940054D, // ldr x13, [x10, #8]
        0xEB0D013F, // cmp x9, x13
        0x54000582, // b.hs next
        0x9100514E, // add x14, x10, #20
        // enter:
        0x885FFDCF, // ldaxr w15, [x14]
        0x110005EF, // add w15, w15, #1
        0x8810FDCF, // stlxr w16, w15, [x14]
        0x35FFFFB0, // cbnz w16, enter
        0xD5033BBF, // dmb ish
        0xF940014C, // ldr x12, [x10]
        0xB400038C, // cbz x12, leave
        0xEB0C013F, // cmp x9, x12
        0x54000343, // b.lo leave
        0xF940054D, // ldr x13, [x10, #8]
        0xEB0D013F, // cmp x9, x13
        0x540002E2, // b.hs leave
        0xAA0003E6, // mov x6, x0
        0xAA0103E7, // mov x7, x1
        0xAA0203F1, // mov x17, x2
        0xAA0C03E0, // mov x0, x12
        0xCB0C01A1, // sub x1, x13, x12
        0xB9401942, // ldr w2, [x10, #24]
        0x52880643, // mov w3, #0x4032
        0x92800004, // mov x4, #-1
        0xD2800005, // mov x5, #0
        0xD2801BC8, // mov x8, #222
        0xD4000001, // svc #0
        0xAA0003EC, // mov x12, x0
        0xAA0603E0, // mov x0, x6
        0xAA0703E1, // mov x1, x7
        0xAA1103E2, // mov x2, x17
        0x5280000D, // mov w13, #0
        0x9281FFEF, // mov x15, #-4096
        0xEB0F019F, // cmp x12, x15
        0x540000A8, // b.hi leave_for_good
        0x5280002D, // mov w13, #1
        0xB900114D, // str w13, [x10, #16]
        0x14000002, // b leave_for_good
        // leave:
        0x5280004D, // mov w13, #2
        // leave_for_good:
        0x885FFDCF, // ldaxr w15, [x14]
        0x510005EF, // sub w15, w15, #1
        0x8810FDCF, // stlxr w16, w15, [x14]
        0x35FFFFB0, // cbnz w16, leave_for_good
        0x340000CD, // cbz w13, foreign
        0x710005BF, // cmp w13, #1
        0x540003C0, // b.eq done
        // next:
        0x9100814A, // add x10, x10, #32
        0xEB0B015F, // cmp x10, x11
        0x54FFF9A3, // b.lo row
        // foreign:
        0x580003B0, // ldr x16, previous
        0xF100061F, // cmp x16, #1
        0x54000049, // b.ls none
        0xD61F0200, // br x16
        // none:
        0xB9400827, // ldr w7, [x1, #8]
        0x54000063, // b.lo default
        0x710000FF, // cmp w7, #0
        0x5400026D, // b.le done
        // default:
        0xD28000E0, // mov x0, #7
        0x100002C1, // adr x1, zeros
        0xD2800002, // mov x2, #0
        0xD2800103, // mov x3, #8
        0xD28010C8, // mov x8, #134
        0xD4000001, // svc #0
        0x710000FF, // cmp w7, #0
        0x5400016C, // b.gt done
        0xD2801588, // mov x8, #172
        0xD4000001, // svc #0
        0xAA0003E6, // mov x6, x0
        0xD2801648, // mov x8, #178
        0xD4000001, // svc #0
        0xAA0003E1, // mov x1, x0
        0xAA0603E0, // mov x0, x6
        0xD28000E2, // mov x2, #7
        0xD2801068, // mov x8, #131
        0xD4000001, // svc #0
        // done:
        0xD65F03C0, // ret
        // table, previous, zeros: see FaultHandlerPage
    ];
}
