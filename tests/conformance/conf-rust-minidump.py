#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""rust-minidump's snapshots of minidump-stackwalk against osmodump.

Its test.dmp is the dump that Breakpad calls minidump2.dmp: the dump snapshot
states the same streams at the same offsets. The snapshot of a dump with
unloaded modules is of a synthetic one; the same is built here from what the
snapshot says.
"""
import json
import pathlib
import re
import shutil
import struct
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from answers import Dump, Suite, basename, code_id, debug_id, fixture, number  # noqa: E402

KNOWN = [
    (r'thread 4544 frame count',
     'the thread that wrote the dump (BreakpadInfo names it) is not walked there; here every thread is'),
]
SNAPSHOTS = fixture('rust-minidump-rust-minidump/minidump-stackwalk/tests/snapshots')
BREAKPAD = fixture('google-breakpad/src/processor/testdata')
TRUST = {
    'given as instruction pointer in context': 'context',
    'call frame info': 'cfi',
    "previous frame's frame pointer": 'frame_pointer',
    'stack scanning': 'scan',
}
S = Suite('rust-minidump', KNOWN)


def snapshot(name):
    text = (SNAPSHOTS / f'test_minidump_stackwalk__{name}.snap').read_text(encoding='utf-8')
    return text.split('---\n', 2)[2]


# --- json -----------------------------------------------------------------------------


def compare_frame(at, got, want, images):
    """Their offset is where the call is looked up: a return address less one."""
    back = 0 if want['trust'] == 'context' else 1
    symbol = got['symbol']
    S.fact(f'{at}: address', number(got['ip']) - back, number(want['offset']))
    S.fact(f'{at}: module', images.get(symbol.get('module')), want['module'])
    S.fact(f'{at}: trust', got['trust'], want['trust'])
    S.fact(f'{at}: function', symbol.get('name'), want['function'])
    S.fact(f'{at}: file', got.get('file'), want['file'])
    S.fact(f'{at}: line', got.get('line'), want['line'])
    if want['function']:
        S.fact(f'{at}: function offset', symbol['offset'] - back, number(want['function_offset']))
    elif want['module']:
        S.fact(f'{at}: module offset', symbol['offset'] - back, number(want['module_offset']))


def compare_module(at, m, want):
    S.fact(f'{at}: end', number(m.get('end', '0')), number(want['end_addr']))
    S.fact(f'{at}: name', m.get('image'), want['filename'])
    S.fact(f'{at}: version', m.get('file_version'), want['version'])
    S.fact(f'{at}: debug file', basename(m.get('pdb', '')), want['debug_file'])
    S.fact(f'{at}: debug id', debug_id(m), want['debug_id'])
    S.fact(f'{at}: code id', code_id(m), want['code_id'])


def compare_json(name, dump, text):
    theirs = json.loads(text)
    ours = dump.modules()
    images = {m['module']: m['image'] for m in ours.values()}
    exception = dump.ask('.exr -1', 'exception')[0]
    target = dump.ask('vertarget', 'target')[0]
    threads = dump.ask('~', 'thread')
    crash, system = theirs['crash_info'], theirs['system_info']
    kinds = {0: 'READ', 1: 'WRITE', 8: 'EXEC'}

    S.fact(f'{name} crash address', exception['parameters'][1], number(crash['address']))
    S.fact(f'{name} crash type', f'EXCEPTION_ACCESS_VIOLATION_{kinds[exception["parameters"][0]]}', crash['type'])
    S.fact(f'{name} crashing thread', [t['index'] for t in threads if t['event']], [crash['crashing_thread']])
    S.fact(f'{name} pid', target['pid'], theirs['pid'])
    S.fact(f'{name} uptime', target['process_uptime'], theirs['process_uptime'])
    S.fact(f'{name} os', f'{target["version"]} {target["service_pack"]}', system['os_ver'])
    S.fact(f'{name} cpu', target['machine'], system['cpu_arch'])
    S.fact(f'{name} cpu vendor', target['processor'], system['cpu_info'].split()[0])
    S.fact(f'{name} cpus', target['processors'], system['cpu_count'])
    S.fact(f'{name} thread count', len(threads), theirs['thread_count'])
    S.fact(f'{name} module count', len(ours), len(theirs['modules']))
    S.fact(f'{name} unloaded modules', [], theirs['unloaded_modules'])
    for want in theirs['modules']:
        start = number(want['base_addr'])
        compare_module(f'{name} module {want["filename"]}', ours.get(start, {}), want)
    for i, want in enumerate(theirs['threads']):
        at = f'{name} thread {want["thread_id"]}'
        S.fact(f'{at}: id', threads[i]['tid'], want['thread_id'])
        frames = dump.frames(f'~{i}s; k' if i != crash['crashing_thread'] else '.ecxr; k')
        S.fact(f'{at} frame count', len(frames), want['frame_count'])
        for n, (got, frame) in enumerate(zip(frames, want['frames'])):
            compare_frame(f'{at} frame {n}', got, frame, images)
    registers = dump.registers('.ecxr')
    for register, value in theirs['crashing_thread']['frames'][0]['registers'].items():
        ours_name = 'efl' if register == 'eflags' else register
        S.fact(f'{name} register {register}', registers.get(ours_name), number(value))


# --- human ----------------------------------------------------------------------------


def compare_human(name, dump, text):
    ours = dump.modules()
    images = {m['module']: m['image'] for m in ours.values()}
    frames, frame = [], None
    for line in text.splitlines():
        if m := re.match(r' (?: |\d)(\d)?  (\S[^!]*?)(?:!(.*?) \[(.*) : (\d+) \+ 0x\w+\]| \+ (0x\w+))$', line):
            frame = {'module': m[2], 'name': m[3], 'file': m[4], 'line': m[5], 'offset': m[6], 'regs': {}}
            frames.append(frame)
        elif m := re.match(r' +Found by: (.*)', line):
            frame['trust'] = TRUST[m[1]]
        elif m := re.match(r'0x(\w+) - 0x(\w+)  (\S+)  (\S+)', line):
            got = ours.get(int(m[1], 16), {})
            S.fact(f'{name} module {m[3]}', (number(got.get('end', '1')) - 1, got.get('image'),
                                             got.get('file_version', '???')), (int(m[2], 16), m[3], m[4]))
        elif frame and '= 0x' in line:
            frame['regs'].update((n, int(v, 16)) for n, v in re.findall(r'(\w+) = (0x\w+)', line))
    got = dump.frames('.ecxr; k')
    S.fact(f'{name} frames', len(got), len(frames))
    for i, (g, want) in enumerate(zip(got, frames)):
        at = f'{name} frame {i}'
        back = 0 if i == 0 else 1
        S.fact(f'{at}: module', images.get(g['symbol']['module']), want['module'])
        S.fact(f'{at}: trust', g['trust'], want['trust'])
        S.fact(f'{at}: function', g['symbol'].get('name'), want['name'])
        if want['offset']:
            S.fact(f'{at}: offset', g['symbol']['offset'] - back, number(want['offset']))
        if want['line']:
            S.fact(f'{at}: line', (basename(g.get('file', '')), g.get('line')), (want['file'], int(want['line'])))
        regs = dump.registers(f'.ecxr; .frame /r {i}; r' if i else '.ecxr')
        for register, value in want['regs'].items():
            S.fact(f'{at}: {register}', regs.get('efl' if register == 'eflags' else register), value)


# --- dump -----------------------------------------------------------------------------


def compare_dump(name, dump, text):
    streams = [r for r in dump.info() if r['kind'] == 'stream']
    threads = dump.ask('~', 'thread')
    modules = dump.modules()
    for m in re.finditer(r'mDirectory\[(\d+)\]\n.*\n.*= (\w+) \((\w+)\)\n.*= (\d+)\n.*= (\w+)', text):
        got = streams[int(m[1])]
        S.fact(f'{name} stream {m[1]}', [got[k] for k in ('type', 'name', 'size', 'offset')],
               [number(m[2]), m[3], int(m[4]), number(m[5])])
    for i, m in enumerate(re.finditer(
            r'thread_id +=( \w+)\n.*suspend_count +=( \w+)\n.*\n.*\n +teb +=( \w+)', text)):
        if i < len(threads):
            got = threads[i]
            S.fact(f'{name} thread {i}', [got['tid'], got['suspend'], number(got['teb'])], [number(x) for x in m.groups()])
    for i, block in enumerate(re.findall(r'CONTEXT_X86\n((?: +.*\n)+)', text)):
        context = f'~{i}s; r' if i < len(threads) else '.ecxr'
        regs = dump.registers(context)
        for m in re.finditer(r'(?m)^ +([a-z]{2,6}|dr\d) += (0x\w+)$', block):
            ours_name = 'efl' if m[1] == 'eflags' else m[1]
            S.fact(f'{name} {context}: {m[1]}', regs.get(ours_name), number(m[2]))
    for block in re.findall(r'MINIDUMP_MODULE\n((?: +.*\n)+)', text):
        want = {k.strip(' ()'): v.strip('" ') for k, v in re.findall(r'(?m)^ +(\S.*?) += (.*)$', block)}
        got = modules.get(number(want['base_of_image']), {})
        at = f'{name} module {want["base_of_image"]}'
        S.fact(f'{at}: size', got.get('size'), number(want['size_of_image']))
        S.fact(f'{at}: checksum', got.get('checksum', 0), number(want['checksum']))
        S.fact(f'{at}: time', got.get('timestamp', 0), number(want['time_date_stamp'].split()[0]))
        S.fact(f'{at}: file', got.get('path'), want['code_file'])
        S.fact(f'{at}: code id', code_id(got).lower(), want['code_identifier'].lower())
        S.fact(f'{at}: debug file', got.get('pdb'), want['debug_file'])
        S.fact(f'{at}: debug id', debug_id(got), want['debug_identifier'].replace('-', '').upper())
        S.fact(f'{at}: version', got.get('file_version', ''), want['version'])


# --- unloaded modules -----------------------------------------------------------------


def name_bytes(text):
    raw = text.encode('utf-16-le')
    return struct.pack('<I', len(raw)) + raw + b'\0\0'


def unloaded_dump(theirs):
    """An x86 minidump: the snapshot's thread and its unloaded modules, in its order."""
    thread = theirs['threads'][0]
    context = bytearray(716)
    struct.pack_into('<I', context, 0, 0x10007)
    struct.pack_into('<I', context, 184, number(thread['frames'][0]['offset']))
    struct.pack_into('<I', context, 196, 0x1010)
    at = 32 + 3 * 12
    blob = bytearray()

    def add(piece):
        blob.extend(piece)
        return at + len(blob) - len(piece)

    context_at = add(context)
    system = add(struct.pack('<HHHBBIIIIIHH24x', 0, 6, 0, 1, 1, 0, 0, 0, 2, 0, 0, 0))
    threads = add(struct.pack('<IIIIIQQIIII', 1, thread['thread_id'], 0, 0, 0, 0, 0x1000, 0, 0, len(context), context_at))
    rows = b''
    for m in theirs['unloaded_modules']:
        start, end = number(m['base_addr']), number(m['end_addr'])
        stamp = int(m['code_id'][:8], 16)
        rows += struct.pack('<QIIII', start, end - start, 0, stamp, add(name_bytes(m['filename'])))
    unloaded = struct.pack('<III', 12, 24, len(theirs['unloaded_modules'])) + rows
    unloaded_at = add(unloaded)
    streams = ((3, 52, threads), (7, 56, system), (14, len(unloaded), unloaded_at))
    return (struct.pack('<IIIIIIQ', 0x504d444d, 0xa793, 3, 32, 0, 0, 0) +
            b''.join(struct.pack('<III', *s) for s in streams) + blob)


def compare_unloaded(top, text, human):
    theirs = json.loads(text)
    path = pathlib.Path(top, 'unloaded.dmp')
    path.write_bytes(unloaded_dump(theirs))
    dump = Dump(path)
    got = sorted((number(m['start']), number(m['end']), m['image']) for m in dump.ask('lm', 'module') if m.get('unloaded'))
    want = sorted((number(m['base_addr']), number(m['end_addr']), m['filename']) for m in theirs['unloaded_modules'])
    S.fact('unloaded count', len(got), len(want))
    for g, w in zip(got, want):
        S.fact(f'unloaded module {w[2]} at {w[0]:#x}', g, w)
    listed = [(int(a, 16), int(b, 16) + 1, n) for a, b, n in
              re.findall(r'(?m)^0x(\w+) - 0x(\w+)  (\S+)$', human.split('Unloaded modules:')[1])]
    S.fact('unloaded list', [g for g in got], sorted(listed))
    frame, want = dump.frames()[0], theirs['threads'][0]['frames'][0]
    S.fact('unloaded frame: address', number(frame['ip']), number(want['offset']))
    S.fact('unloaded frame: trust', frame['trust'], want['trust'])
    # theirs has no module for the frame; ours names the unloaded one there, as WinDbg does
    named = re.sub('^<Unloaded_.*>$', '', frame['symbol'].get('module', ''))
    S.fact('unloaded frame: module', named or None, want['module'])


def main():
    if SNAPSHOTS and BREAKPAD:
        with tempfile.TemporaryDirectory() as top:
            source = BREAKPAD / 'module0.out'
            _, _, _, ident, pdb = source.open(encoding='utf-8').readline().split()
            folder = pathlib.Path(top, pdb, ident)
            folder.mkdir(parents=True)
            shutil.copy(source, folder / 'test_app.sym')
            bare, symbols = Dump(BREAKPAD / 'minidump2.dmp'), Dump(BREAKPAD / 'minidump2.dmp', top)
            for name in ('json', 'json-pretty'):
                compare_json(name, bare, snapshot(name))
            for name in ('json-pretty-symbols', 'json-pretty-evil-symbols'):
                compare_json(name, symbols, snapshot(name))
            for name in ('human-brief', 'human-stable-all'):
                compare_human(name, bare, snapshot(name))
            compare_human('human-symbols', symbols, snapshot('human-symbols'))
            for name in ('dump', 'dump-brief'):
                compare_dump(name, bare, snapshot(name))
            compare_unloaded(top, snapshot('json-pretty-unloaded'), snapshot('human-unloaded'))
    S.finish()


if __name__ == '__main__':
    main()
