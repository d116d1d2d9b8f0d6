namespace Stratos.Fabric.Linux;

/// <summary>The SIGBUS handler for x86-64: position-independent machine code, then the words of <see cref="FaultHandlerPage"/>.</summary>
/// <remarks>
/// Made with GNU as 2.40 (<c>.intel_syntax noprefix</c>) from exactly the text at the right, and read back with objdump.
/// The row's fields: start 0, end 8, faulted 16, users 20, protection 24; 32 bytes, 1024 rows.
/// On entry rdi is the signal, rsi the siginfo_t, rdx the ucontext_t; system calls clobber rax, rcx and r11.
/// </remarks>
internal static class FaultHandlerX64
{
    internal static ReadOnlySpan<byte> Code =>
    [
        // entry:
        0xF3, 0x0F, 0x1E, 0xFA,                           // endbr64
        0x57,                                             // push rdi
        0x56,                                             // push rsi
        0x52,                                             // push rdx
        0x8B, 0x46, 0x08,                                 // mov eax, [rsi+8]
        0x83, 0xF8, 0x02,                                 // cmp eax, 2
        0x74, 0x09,                                       // je search
        0x83, 0xF8, 0x04,                                 // cmp eax, 4
        0x0F, 0x85, 0x80, 0x00, 0x00, 0x00,               // jne foreign
        // search:
        0x48, 0x8B, 0x46, 0x10,                           // mov rax, [rsi+16]
        0x48, 0x8B, 0x0D, 0xD5, 0x00, 0x00, 0x00,         // mov rcx, [rip+table]
        0x4C, 0x8D, 0x89, 0x00, 0x80, 0x00, 0x00,         // lea r9, [rcx+32768]
        // row:
        0x48, 0x3B, 0x01,                                 // cmp rax, [rcx]
        0x72, 0x5A,                                       // jb next
        0x48, 0x3B, 0x41, 0x08,                           // cmp rax, [rcx+8]
        0x73, 0x54,                                       // jae next
        0xF0, 0xFF, 0x41, 0x14,                           // lock inc dword ptr [rcx+20]
        0x48, 0x8B, 0x39,                                 // mov rdi, [rcx]
        0x48, 0x85, 0xFF,                                 // test rdi, rdi
        0x74, 0x44,                                       // jz leave
        0x48, 0x39, 0xF8,                                 // cmp rax, rdi
        0x72, 0x3F,                                       // jb leave
        0x48, 0x8B, 0x71, 0x08,                           // mov rsi, [rcx+8]
        0x48, 0x39, 0xF0,                                 // cmp rax, rsi
        0x73, 0x36,                                       // jae leave
        0x48, 0x29, 0xFE,                                 // sub rsi, rdi
        0x8B, 0x51, 0x18,                                 // mov edx, [rcx+24]
        0x41, 0xBA, 0x32, 0x40, 0x00, 0x00,               // mov r10d, 0x4032
        0x49, 0xC7, 0xC0, 0xFF, 0xFF, 0xFF, 0xFF,         // mov r8, -1
        0x45, 0x31, 0xC9,                                 // xor r9d, r9d
        0x51,                                             // push rcx
        0xB8, 0x09, 0x00, 0x00, 0x00,                     // mov eax, 9
        0x0F, 0x05,                                       // syscall
        0x59,                                             // pop rcx
        0x48, 0x3D, 0x00, 0xF0, 0xFF, 0xFF,               // cmp rax, -4096
        0x77, 0x1E,                                       // ja failed
        0xC7, 0x41, 0x10, 0x01, 0x00, 0x00, 0x00,         // mov dword ptr [rcx+16], 1
        0xF0, 0xFF, 0x49, 0x14,                           // lock dec dword ptr [rcx+20]
        0x5A,                                             // pop rdx
        0x5E,                                             // pop rsi
        0x5F,                                             // pop rdi
        0xC3,                                             // ret
        // leave:
        0xF0, 0xFF, 0x49, 0x14,                           // lock dec dword ptr [rcx+20]
        // next:
        0x48, 0x83, 0xC1, 0x20,                           // add rcx, 32
        0x4C, 0x39, 0xC9,                                 // cmp rcx, r9
        0x72, 0x98,                                       // jb row
        0xEB, 0x04,                                       // jmp foreign
        // failed:
        0xF0, 0xFF, 0x49, 0x14,                           // lock dec dword ptr [rcx+20]
        // foreign:
        0x5A,                                             // pop rdx
        0x5E,                                             // pop rsi
        0x5F,                                             // pop rdi
        0x48, 0x8B, 0x05, 0x5E, 0x00, 0x00, 0x00,         // mov rax, [rip+previous]
        0x48, 0x83, 0xF8, 0x01,                           // cmp rax, 1
        0x76, 0x02,                                       // jbe none
        0xFF, 0xE0,                                       // jmp rax
        // none:
        0x44, 0x8B, 0x46, 0x08,                           // mov r8d, [rsi+8]
        0x72, 0x05,                                       // jb default
        0x45, 0x85, 0xC0,                                 // test r8d, r8d
        0x7E, 0x3E,                                       // jle done
        // default:
        0xB8, 0x0D, 0x00, 0x00, 0x00,                     // mov eax, 13
        0xBF, 0x07, 0x00, 0x00, 0x00,                     // mov edi, 7
        0x48, 0x8D, 0x35, 0x42, 0x00, 0x00, 0x00,         // lea rsi, [rip+zeros]
        0x31, 0xD2,                                       // xor edx, edx
        0x41, 0xBA, 0x08, 0x00, 0x00, 0x00,               // mov r10d, 8
        0x0F, 0x05,                                       // syscall
        0x45, 0x85, 0xC0,                                 // test r8d, r8d
        0x7F, 0x1E,                                       // jg done
        0xB8, 0x27, 0x00, 0x00, 0x00,                     // mov eax, 39
        0x0F, 0x05,                                       // syscall
        0x89, 0xC7,                                       // mov edi, eax
        0xB8, 0xBA, 0x00, 0x00, 0x00,                     // mov eax, 186
        0x0F, 0x05,                                       // syscall
        0x89, 0xC6,                                       // mov esi, eax
        0xBA, 0x07, 0x00, 0x00, 0x00,                     // mov edx, 7
        0xB8, 0xEA, 0x00, 0x00, 0x00,                     // mov eax, 234
        0x0F, 0x05,                                       // syscall
        // done:
        0xC3,                                             // ret
        0x0F, 0x1F, 0x40, 0x00,                           // nop (alignment)
        // table, previous, zeros: see FaultHandlerPage
    ];
}
