#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Minidumps of Breakpad's test data against what Breakpad's own tools print of them.

minidump_stackwalk (text and machine readable) and minidump_dump say what is in
minidump2.dmp; the symbol file of linux_inline says which inline calls its crash
address lies in.
"""
import pathlib
import re
import shutil
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from answers import Dump, Suite, basename, code_id, debug_id, fixture, number  # noqa: E402

KNOWN = [
]
DATA = fixture('google-breakpad/src/processor/testdata')
S = Suite('breakpad', KNOWN)

TRUST = {
    'given as instruction pointer in context': 'context',
    'call frame info': 'cfi',
    "previous frame's frame pointer": 'frame_pointer',
    'stack scanning': 'scan',
}


def symbol_tree(top, source):
    """Puts a .sym file where a store has it, by its MODULE line."""
    _, _, _, ident, name = source.open(encoding='utf-8').readline().split(None, 4)
    name = name.strip()
    folder = pathlib.Path(top, name, ident)
    folder.mkdir(parents=True)
    shutil.copy(source, folder / ((name[:-4] if name.endswith('.pdb') else name) + '.sym'))


# --- minidump_stackwalk ---------------------------------------------------------------


def stackwalk_text(text):
    """(lines before the threads, {thread: [frame]}, modules); a frame is a dict"""
    head, threads, modules, frame = {}, {}, [], None
    for line in text.splitlines():
        if m := re.match(r'Crash (reason|address): +(\S+)', line):
            head[m[1]] = m[2]
        elif m := re.match(r'Thread (\d+)', line):
            frames = threads.setdefault(int(m[1]), [])
        elif m := re.match(r' *(\d+)  (\S[^!]*)(?:!(.*?))?(?: \[(.*) : (\d+) \+ 0x\w+\]| \+ (0x\w+))?$', line):
            frame = {'module': m[2], 'name': m[3], 'file': m[4], 'line': m[5], 'offset': m[6], 'regs': {}}
            frames.append(frame)
        elif m := re.match(r' +Found by: (.*)', line):
            frame['trust'] = TRUST[m[1]]
        elif m := re.match(r'0x(\w+) - 0x(\w+)  (\S+)  (\S+)', line):
            modules.append((int(m[1], 16), int(m[2], 16), m[3], m[4]))
        elif frame:
            frame['regs'].update((n, int(v, 16)) for n, v in re.findall(r'(\w+) = (0x\w+)', line))
    return head, threads, modules


def compare_stackwalk(dump, text):
    head, threads, modules = stackwalk_text(text)
    exception = dump.ask('.exr -1', 'exception')[0]
    S.fact('stackwalk crash address', exception['parameters'][1], number(head['address']))
    kinds = {0: 'READ', 1: 'WRITE', 8: 'EXEC'}
    if exception['code'] == 0xc0000005:
        ours = 'EXCEPTION_ACCESS_VIOLATION_' + kinds[exception['parameters'][0]]
        S.fact('stackwalk crash reason', ours, head['reason'])
    ours = dump.modules()
    S.fact('stackwalk module count', len(ours), len(modules))
    for start, last, name, version in modules:
        m = ours.get(start, {})
        S.fact(f'stackwalk module {name}: end', number(m.get('end', '0')) - 1, last)
        S.fact(f'stackwalk module {name}: name', m.get('image'), name)
        S.fact(f'stackwalk module {name}: version', m.get('file_version', '???'), version)
    for thread, frames in threads.items():
        got = dump.frames(f'.ecxr; ~{thread}s; .ecxr; k')
        S.fact(f'stackwalk thread {thread}: frames', len(got), len(frames))
        images = {m['module']: m['image'] for m in ours.values()}
        for i, (ours_frame, want) in enumerate(zip(got, frames)):
            at = f'stackwalk thread {thread} frame {i}'
            symbol = ours_frame['symbol']
            S.fact(f'{at}: module', images.get(symbol['module']), want['module'])
            S.fact(f'{at}: function', symbol.get('name'), want['name'])
            S.fact(f'{at}: trust', ours_frame['trust'], want['trust'])
            S.fact(f'{at}: eip', number(ours_frame['ip']), want['regs']['eip'])
            S.fact(f'{at}: esp', number(ours_frame['sp']), want['regs']['esp'])
            if want['line']:
                S.fact(f'{at}: line', ours_frame.get('line'), int(want['line']))
                S.fact(f'{at}: file', basename(ours_frame.get('file', '')), want['file'])
            if want['offset']:
                S.fact(f'{at}: offset', symbol['offset'], number(want['offset']))
            regs = dump.registers(f'.ecxr; .frame /r {i}; r' if i else '.ecxr')
            for name, value in want['regs'].items():
                S.fact(f'{at}: {name}', regs.get(name), value)


def compare_machine_readable(dump, text):
    ours = dump.modules()
    images = {m['module']: m['image'] for m in ours.values()}
    frames = dump.frames('.ecxr; k')
    target = dump.ask('vertarget', 'target')[0]
    threads = dump.ask('~', 'thread')
    for line in text.splitlines():
        f = line.split('|')
        if f[0] == 'OS':
            S.fact('machine-readable os', f'{target["version"]} {target["service_pack"]}', f[2])
        elif f[0] == 'CPU':
            S.fact('machine-readable cpu', target['machine'], f[1])
            S.fact('machine-readable cpu vendor', target['processor'], f[2].split()[0])
            S.fact('machine-readable cpus', target['processors'], int(f[3]))
        elif f[0] == 'Crash':
            S.fact('machine-readable crashed thread', [t['index'] for t in threads if t['event']], [int(f[3])])
        elif f[0] == 'Module':
            m = ours.get(int(f[5], 16), {})
            S.fact(f'machine-readable module {f[1]}: image', m.get('image'), f[1])
            S.fact(f'machine-readable module {f[1]}: version', m.get('file_version', ''), f[2])
            S.fact(f'machine-readable module {f[1]}: debug file', basename(m.get('pdb', '')), f[3])
            S.fact(f'machine-readable module {f[1]}: debug id', debug_id(m), f[4])
            S.fact(f'machine-readable module {f[1]}: end', number(m.get('end', '1')) - 1, int(f[6], 16))
        elif f[0].isdigit():
            at = f'machine-readable thread {f[0]} frame {f[1]}'
            got = frames[int(f[1])]
            S.fact(f'{at}: module', images.get(got['symbol']['module']), f[2])
            S.fact(f'{at}: function', got['symbol'].get('name'), f[3])
            S.fact(f'{at}: file', got.get('file', ''), f[4])
            S.fact(f'{at}: line', got.get('line', ''), int(f[5]) if f[5] else '')


# --- minidump_dump --------------------------------------------------------------------


def dump_sections(text):
    """[(header, {name: value})]: a block is a title line and 'name = value' lines"""
    out = []
    for line in text.splitlines():
        if m := re.match(r'  +(\S[^=]*?) *= (.*)', line):
            out[-1][1][m[1].strip('()')] = m[2].strip()
        elif re.match(r'[A-Z]\w+$|\w+\[\d+\]$', line):
            out.append((line, {}))
    return out


def value(text):
    return int(text.split()[0], 0)


def compare_registers(where, got, block):
    for name in ('edi', 'esi', 'ebx', 'edx', 'ecx', 'eax', 'ebp', 'eip', 'esp', 'cs', 'ss', 'ds', 'es', 'fs', 'gs',
                 'eflags', 'dr0', 'dr1', 'dr2', 'dr3', 'dr6', 'dr7'):
        ours = got.get('efl' if name == 'eflags' else name)
        S.fact(f'dump {where}: {name}', ours, value(block[name]))


def compare_dumped_module(m, block):
    at = f'dump module {block["base_of_image"]}'
    S.fact(f'{at}: size', m['size'], value(block['size_of_image']))
    S.fact(f'{at}: checksum', m.get('checksum', 0), value(block['checksum']))
    S.fact(f'{at}: time', m.get('timestamp', 0), value(block['time_date_stamp']))
    S.fact(f'{at}: file', m['path'], block['code_file'].strip('"'))
    S.fact(f'{at}: code id', code_id(m).lower(), block['code_identifier'].strip('"').lower())
    S.fact(f'{at}: pdb', m.get('pdb'), block['debug_file'].strip('"'))
    S.fact(f'{at}: debug id', debug_id(m), block['debug_identifier'].strip('"'))
    S.fact(f'{at}: version', m.get('file_version', ''), block['version'].strip('"'))
    S.fact(f'{at}: age', m.get('age'), value(block['cv_record).age']))


def compare_memory(dump, block, data):
    """Every byte of a memory range, as db shows it."""
    start, size = value(block['start_of_memory_range']), value(block['memory.data_size'])
    got = bytearray()
    for r in dump.ask(f'db {start:#x} L{size:#x}', 'memory'):
        got += bytes(r['words'])
    S.fact(f'dump memory {start:#x}', got.hex(), data)


def compare_dump(dump, text):
    info = dump.info()
    head = info[0]
    streams = [r for r in info if r['kind'] == 'stream']
    threads = dump.ask('~', 'thread')
    modules = dump.modules()
    stream = thread = 0
    context = None
    for title, block in dump_sections(text):
        if title == 'MDRawDirectory' and stream < len(streams):
            got = streams[stream]
            for name, theirs in (('type', 'stream_type'), ('size', 'location.data_size'), ('offset', 'location.rva')):
                S.fact(f'dump stream {stream}: {name}', got[name], value(block[theirs]))
            stream += 1
        elif title == 'MDRawHeader':
            S.fact('dump stream count', len(streams), value(block['stream_count']))
            S.fact('dump time', head['time'], block['time_date_stamp'].split(None, 1)[1].replace(' ', 'T') + 'Z')
        elif title == 'MDRawThread':
            got = threads[thread]
            S.fact(f'dump thread {thread}: id', got['tid'], value(block['thread_id']))
            S.fact(f'dump thread {thread}: suspend', got['suspend'], value(block['suspend_count']))
            S.fact(f'dump thread {thread}: teb', number(got['teb']), value(block['teb']))
            context = f'~{thread}s; r'
            thread += 1
        elif title == 'MDException':
            got = dump.ask('.exr -1', 'exception')[0]
            S.fact('dump exception: thread', got['tid'], value(block['thread_id']))
            for name, theirs in (('code', 'code'), ('flags', 'flags')):
                S.fact(f'dump exception: {name}', got[name], value(block[f'exception_record.exception_{theirs}']))
            S.fact('dump exception: address', number(got['address']),
                   value(block['exception_record.exception_address']))
            for i, p in enumerate(got['parameters']):
                S.fact(f'dump exception: parameter {i}', p, value(block[f'exception_record.exception_information[{i:2}]']))
            context = '.ecxr'
        elif title == 'MDRawContextX86':
            compare_registers(context, dump.registers(context), block)
        elif title == 'MDRawModule':
            compare_dumped_module(modules[value(block['base_of_image'])], block)
        elif title == 'MDRawSystemInfo':
            S.fact('dump cpus', head['cpus'], value(block['number_of_processors']))
            S.fact('dump os version', head['os_version'],
                   '.'.join(block[n] for n in ('major_version', 'minor_version', 'build_number')))
            S.fact('dump service pack', head['os_text'], block['csd_version'].strip('"'))
            S.fact('dump cpu vendor', head['cpu'], block['cpu_vendor'].strip('"'))
        elif title == 'MDRawMiscInfo':
            S.fact('dump pid', head['pid'], value(block['process_id']))
            S.fact('dump user time', head['user_time'], value(block['process_user_time']))
    S.fact('dump threads', len(threads), thread)
    for m in re.finditer(r'start_of_memory_range = (0x\w+)\n  memory.data_size += (\w+)\n.*\nMemory\n0x(\w+)', text):
        block = {'start_of_memory_range': m[1], 'memory.data_size': m[2]}
        compare_memory(dump, block, m[3])


# --- inline calls ---------------------------------------------------------------------


def inline_calls(symbols, address):
    """[(function, file, line)] innermost first, from a .sym file's records"""
    files, origins, function, calls, here = {}, {}, None, [], None
    for line in symbols.read_text(encoding='utf-8').splitlines():
        w = line.split(' ')
        if w[0] == 'FILE':
            files[w[1]] = line.split(' ', 2)[2]
        elif w[0] == 'INLINE_ORIGIN':
            origins[w[1]] = line.split(' ', 2)[2]
        elif w[0] == 'FUNC':
            function = line.split(' ', 4)[4]
        elif w[0] == 'INLINE':
            ranges = [int(x, 16) for x in w[5:]]
            if any(a <= address < a + n for a, n in zip(ranges[::2], ranges[1::2])):
                calls.append((int(w[1]), files[w[3]], int(w[2]), origins[w[4]]))
        elif re.match(r'[0-9a-f]+ [0-9a-f]+ \d+ \d+$', line) and not here:
            start = int(w[0], 16)
            if start <= address < start + int(w[1], 16):
                here = (files[w[3]], int(w[2]))
    out, place = [], here
    for _, file, number_, name in sorted(calls, reverse=True):
        out.append((name, *place))
        place = (file, number_)
    return out + [(function, *place)]


def compare_inline(top):
    dump_path = DATA / 'linux_inline.dmp'
    source = next(DATA.glob('symbols/linux_inline/*/linux_inline.new.sym'))
    symbol_tree(top, source)
    dump = Dump(dump_path, top)
    base = next(m for m in dump.modules().values() if m['image'] == 'linux_inline')
    address = number(dump.ask('.exr -1', 'exception')[0]['address'])
    frames = dump.frames('.ecxr; k')
    for i, want in enumerate(inline_calls(source, address - number(base['start']))):
        got = frames[i]
        S.fact(f'inline frame {i}', (got['symbol'].get('name'), got.get('file'), got.get('line')), want)


def main():
    if DATA:
        with tempfile.TemporaryDirectory() as top:
            symbol_tree(top, DATA / 'module0.out')
            for name in ('minidump2.dmp', 'minidump_32bit_crash_addr.dmp'):
                dump = Dump(DATA / name, f'{top};{DATA / "symbols"}')
                text = {n: (DATA / f'minidump2.{n}.out').read_text(encoding='latin-1')
                        for n in ('stackwalk', 'stackwalk.machine_readable', 'dump')}
                compare_stackwalk(dump, text['stackwalk'])
                compare_machine_readable(dump, text['stackwalk.machine_readable'])
                compare_dump(dump, text['dump'])
        with tempfile.TemporaryDirectory() as top:
            compare_inline(top)
    S.finish()


if __name__ == '__main__':
    main()
