# SPDX-License-Identifier: MIT
"""Register contexts as writers of dumps lay them out.

Offsets from winnt.h (CONTEXT, ARM64_NT_CONTEXT, ARM CONTEXT) and Breakpad's
minidump_cpu_*.h. LAYOUTS[name] = (size, flags, flags offset, flags size,
{register: (offset, size)}).
"""

from recipe import RecipeError


def run(names, start, size, step=None):
    """Registers that lie one after another."""
    step = step or size
    return {n: (start + i * step, size) for i, n in enumerate(names.split())}


def numbered(prefix, count, start, size, first=0):
    return {'%s%d' % (prefix, first + i): (start + i * size, size) for i in range(count)}


X64 = {
    **run('p1home p2home p3home p4home p5home p6home', 0, 8),
    'mxcsr': (0x34, 4),
    **run('cs ds es fs gs ss', 0x38, 2),
    'eflags': (0x44, 4),
    **run('dr0 dr1 dr2 dr3 dr6 dr7', 0x48, 8),
    **run('rax rcx rdx rbx rsp rbp rsi rdi r8 r9 r10 r11 r12 r13 r14 r15 rip', 0x78, 8),
    'fcw': (0x100, 2), 'fsw': (0x102, 2),
    **{'st%d' % i: (0x120 + i * 16, 10) for i in range(8)},
    **numbered('xmm', 16, 0x1a0, 16),
    'debugcontrol': (0x4a8, 8),
}
X86 = {
    **run('dr0 dr1 dr2 dr3 dr6 dr7', 4, 4),
    'fcw': (0x1c, 4), 'fsw': (0x20, 4),
    **run('gs fs es ds edi esi ebx edx ecx eax ebp eip cs eflags esp ss', 0x8c, 4),
    **numbered('xmm', 8, 0xcc + 0xa0, 16),
}
ARM64 = {
    'cpsr': (4, 4),
    **numbered('x', 31, 8, 8), 'fp': (0xf0, 8), 'lr': (0xf8, 8), 'sp': (0x100, 8), 'pc': (0x108, 8),
    **numbered('v', 32, 0x110, 16), 'fpcr': (0x310, 4), 'fpsr': (0x314, 4),
}
ARM = {
    **numbered('r', 16, 4, 4), 'fp': (4 + 11 * 4, 4), 'sp': (4 + 13 * 4, 4), 'lr': (4 + 14 * 4, 4),
    'pc': (4 + 15 * 4, 4), 'cpsr': (0x44, 4),
}
ARM64_OLD = {
    **numbered('x', 31, 8, 8), 'fp': (8 + 29 * 8, 8), 'lr': (8 + 30 * 8, 8), 'sp': (8 + 31 * 8, 8),
    'pc': (8 + 32 * 8, 8), 'cpsr': (8 + 33 * 8, 4),
}
PPC = {'srr0': (4, 4), 'pc': (4, 4), 'srr1': (8, 4), **numbered('r', 32, 12, 4), 'sp': (16, 4),
       'lr': (148, 4)}
PPC64 = {'srr0': (8, 8), 'pc': (8, 8), 'srr1': (16, 8), **numbered('r', 32, 24, 8), 'sp': (32, 8)}
SPARC = {**numbered('g_r', 32, 8, 8), 'sp': (8 + 14 * 8, 8), 'pc': (272, 8), 'npc': (280, 8)}
MIPS = {**numbered('r', 32, 8, 8), 'gp': (8 + 28 * 8, 8), 'sp': (8 + 29 * 8, 8), 'fp': (8 + 30 * 8, 8),
        'ra': (8 + 31 * 8, 8), 'pc': (312, 8), 'epc': (312, 8)}
RISCV64 = {'pc': (8, 8), **numbered('x', 31, 16, 8, first=1), 'ra': (16, 8), 'sp': (24, 8)}

LAYOUTS = {
    'x64': (1232, 0x10000f, 0x30, 4, X64),
    'x86': (716, 0x1003f, 0, 4, X86),
    'arm64': (912, 0x400007, 0, 4, ARM64),
    'arm': (416, 0x200007, 0, 4, ARM),
    'bp-arm': (368, 0x40000003, 0, 4, ARM),
    'arm64-old': (796, 0x80000006, 0, 8, ARM64_OLD),
    'ppc': (1004, 0x20000003, 0, 4, PPC),
    'ppc64': (1156, 0x01000003, 0, 8, PPC64),
    'sparc': (584, 0x10000003, 0, 4, SPARC),
    'mips': (600, 0x00040003, 0, 4, MIPS),
    'mips64': (600, 0x00080003, 0, 4, MIPS),
    'riscv64': (528, 0x08000007, 0, 4, RISCV64),
}


def build(recipe, layout, options, big=False):
    """The bytes of a context; takes the registers (and flags) out of options."""
    order = 'big' if big else 'little'
    size, flags, flags_at, flags_size, registers = LAYOUTS[layout]
    data = bytearray(size)
    if 'flags' in options:
        flags = recipe.number(options.pop('flags'))
    data[flags_at:flags_at + flags_size] = flags.to_bytes(flags_size, order)
    for name in [n for n in options if n.lower() in registers]:
        at, n = registers[name.lower()]
        value = recipe.number(options.pop(name)) & ((1 << 8 * n) - 1)
        data[at:at + n] = value.to_bytes(n, order)
    if options:
        raise RecipeError('not registers of %s: %s' % (layout, ', '.join(options)))
    return bytes(data)


def with_xstate(context, xstate, layout):
    """CONTEXT_EX behind the legacy context and an XSTATE part behind that."""
    size, _, flags_at, flags_size, _ = LAYOUTS[layout]
    data = bytearray(context)
    flags = int.from_bytes(data[flags_at:flags_at + flags_size], 'little') | 0x40
    data[flags_at:flags_at + flags_size] = flags.to_bytes(flags_size, 'little')
    start = 240 # from CONTEXT_EX, as Windows 10 places it for alignment
    parts = ((-size, size + start + len(xstate)), (-size, size), (start, len(xstate)))
    for offset, length in parts:
        data += offset.to_bytes(4, 'little', signed=True) + length.to_bytes(4, 'little')
    data += bytes(start - 24) + xstate
    return bytes(data)
