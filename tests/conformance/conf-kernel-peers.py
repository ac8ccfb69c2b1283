#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What crash and drgn say of kernel dumps, with debug information, against what we say with nothing but the dump.

OSMOSIS_KERNELS names a folder with NAME.elf (QEMU's dump-guest-memory), NAME.vmlinux (with debug information) and,
for drgn, NAME.paging.elf (the same with -p) or nothing: then a kdump is made of NAME.elf, which drgn opens, too.
Without it, skipped. Each fact compared counts; a difference has its sentence in WHY, else it is a failure.
"""
import json
import mmap
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

OSMODUMP = os.environ.get('OSMODUMP', 'build-gcc/osmodump')
KERNELS = os.environ.get('OSMOSIS_KERNELS', '')
STRUCTS = ('task_struct mm_struct vm_area_struct files_struct fdtable file dentry inode super_block mount vfsmount '
           'signal_struct sighand_struct cred nsproxy pid upid pid_namespace list_head mutex rw_semaphore semaphore '
           'rt_mutex rq cfs_rq rt_rq dl_rq sched_entity kmem_cache kmem_cache_cpu kmem_cache_node slab page zone '
           'pglist_data module module_layout irq_desc irqaction timer_list hrtimer workqueue_struct work_struct '
           'net_device sock socket maple_tree maple_node xarray xa_node').split()
# What differs, and why. The key is what the comparison is called.
WHY = {
    'ps rss': 'crash 8.0.2 leaves shared memory out of RSS',
    'bt more': 'crash 8.0.2 does not unwind by ORC here: it takes return addresses of calls that have ended for frames',
    'bt running': 'crash has no stack of a task that was running: it looks on the stack of the NMI, which was not in use',
    'vm': 'crash 8.0.2 knows no maple tree: "invalid structure member offset: mm_struct_mmap"',
    'kmem -i SLAB': 'crash adds up something else than the two counters of the kernel, whose sum is shown here, and by drgn',
    'kmem -i COMMITTED': 'crash leaves out what the CPUs have not handed in of vm_committed_as',
    'ps comm': 'crash shows task_struct.comm, which ends after 15 letters; here kthread.full_name is shown where there is one',
    'drgn tasks': 'drgn shows task_struct.comm, which ends after 15 letters; here kthread.full_name is shown where there is one',
    'drgn files': 'drgn 0.0.22 shows descriptors that are reserved by an open() that goes on, which have no file yet',
}
MARK = 770000  # numbers between what crash says
told, counts, failures = {}, {}, []


def check(name, mine, other, why=None, where=''):
    """One fact. why: the key in WHY that a difference falls under."""
    counts[name] = counts.get(name, 0) + 1
    if mine == other:
        return
    if why in WHY:
        told[why] = told.get(why, 0) + 1
        return
    failures.append(f'{name} {where}: here {str(mine)[:150]}, there {str(other)[:150]}')


def ours(path, words):
    out = subprocess.run([OSMODUMP, '--json', '-c', words, str(path)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return [json.loads(line) for line in out.stdout.decode('utf-8', 'replace').splitlines() if line.startswith('{')]


def of_kind(rows, kind):
    return [r for r in rows if r['kind'] == kind]


def number(text):
    return int(text, 16)


# ---- crash

def mended(vmlinux, to):
    """crash 8.0.2 finds the tasks by struct pid, of which it reads sizeof: since "numbers" is a flexible array, that
    holds no struct upid, and crash takes no PID for one of the namespace. A copy whose struct pid is larger by one upid
    shows that this is all that is wrong, and makes all other comparisons possible."""
    subprocess.run(['cp', '--reflink=auto', str(vmlinux), to], check=True)
    os.chmod(to, 0o600)
    heads = subprocess.run(['readelf', '-SW', to], capture_output=True, text=True, check=True).stdout
    found = re.search(r'\.debug_info\s+PROGBITS\s+[0-9a-f]+ ([0-9a-f]+) ([0-9a-f]+)', heads)
    start, size = (int(w, 16) for w in found.groups())
    changed = 0
    with open(to, 'r+b') as f, mmap.mmap(f.fileno(), 0) as m:
        at = start
        # DW_AT_name as a string in place, then DW_AT_byte_size.
        while (at := m.find(b'pid\0\x60', at, start + size)) >= 0:
            m[at + 4] = 0x70
            at, changed = at + 1, changed + 1
    return changed


def crash(vmlinux, dump, words):
    """What each command says; crash takes its time to open, so that all are given at once."""
    with tempfile.TemporaryDirectory(dir='/var/tmp') as folder:
        with open(f'{folder}/words', 'w', encoding='ascii') as f:
            for i, w in enumerate(words):
                f.write(f'p {MARK + i}\n{w}\n')
            f.write('quit\n')
        run = subprocess.run(['crash', '-s', '-i', f'{folder}/words', str(vmlinux), str(dump)], stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, timeout=400)
    parts = re.split(r'^\$\d+ = (77\d{4})\n', run.stdout.decode('utf-8', 'replace'), flags=re.M)
    return {words[int(n) - MARK]: text for n, text in zip(parts[1::2], parts[2::2])}


def ps(said, dump):
    rows = {}
    for line in said['ps'].splitlines():
        w = line.replace('>', ' ').split(None, 8)
        if len(w) == 9 and w[0].isdigit():
            rows[number(w[3])] = w
    memory = {number(r['task']): r for r in of_kind(ours(dump, '!vm'), 'memory_user')}
    tasks = {number(r['task_addr']): r for r in of_kind(ours(dump, '!process 0 2'), 'kernel_thread')}
    processes = {number(r['task_addr']): r for r in of_kind(ours(dump, '!process 0 0'), 'kernel_process')}
    check('ps tasks', sorted(a for a, t in tasks.items() if t['tid']), sorted(a for a, w in rows.items() if w[0] != '0'))
    states = {'RU': 'R', 'IN': 'S', 'UN': 'D', 'ID': 'I', 'ZO': 'Z', 'ST': 'T'}
    for address, p in processes.items():
        if address not in rows:
            continue
        w = rows[address]
        for name, mine, other in (('pid', p['pid'], int(w[0])), ('ppid', p['ppid'], int(w[1])), ('cpu', p['cpu'], int(w[2])),
                                  ('state', p['state'], states.get(w[4], w[4])),
                                  ('vsz', p.get('vm_size', 0) // 1024, int(w[6]))):
            check('ps ' + name, mine, other, where=w[8])
        comm = w[8].strip('[]').strip()
        check('ps comm', p['name'], comm, 'ps comm' if len(comm) == 15 and p['name'].startswith(comm) else None, w[8])
        m = memory.get(address)
        if m:
            check('ps rss', m['resident_kb'], int(w[7]), 'ps rss', w[8])
            check('ps rss without shared memory', m['anon_kb'] + m['file_kb'], int(w[7]), where=w[8])
    return processes


def bt(said, dump):
    theirs, task = {}, None
    for line in said['foreach bt'].splitlines():
        if m := re.match(r'PID: \d+\s+TASK: (\w+)', line):
            task = theirs[number(m[1])] = []
        elif m := re.match(r'\s*#\d+ \[\w+\] \S+ at (\w+)', line):
            task.append(number(m[1]))
    mine, at, names = {}, None, {}
    for r in ours(dump, '!process 0 7'):
        if r['kind'] == 'kernel_thread':
            at = number(r['task_addr'])
            mine[at], names[at] = [], r
        elif r['kind'] == 'frame' and not r['inline'] and number(r['ip']) >> 63:
            mine[at].append(number(r['ip']))
    for a, frames in mine.items():
        if a not in theirs:
            continue
        if names[a]['running']:
            check('bt of running tasks', frames, theirs[a], 'bt running')
            continue
        check('bt frames', frames, theirs[a], 'bt more' if set(frames) <= set(theirs[a]) else None, names[a]['name'])
        rest = iter(theirs[a])
        check('bt: all frames are in crash, in this order', True, all(f in rest for f in frames), where=f'{names[a]["name"]} {[hex(f) for f in frames]}')


def files(said, dump, processes):
    theirs, task = {}, None
    for line in said['foreach files'].splitlines():
        if m := re.match(r'PID: \d+\s+TASK: (\w+)', line):
            task = theirs[number(m[1])] = set()
        elif m := re.match(r'\s*(\d+) ([0-9a-f]{16}) ', line):
            task.add((int(m[1]), number(m[2])))
    for a, p in processes.items():
        if 'mm_addr' not in p or a not in theirs:
            continue
        rows = of_kind(ours(dump, f'.process {p["pid"]:x}; !handle'), 'kernel_file')
        check('files', sorted((r['fd'], number(r['file_addr'])) for r in rows), sorted(theirs[a]), where=p['name'])


def slabs(said, dump):
    mine = {number(r['address']): r for r in of_kind(ours(dump, '!slab'), 'slab_cache')}
    seen = 0
    for line in said['kmem -s'].splitlines():
        w = line.split(None, 6)
        if len(w) < 7 or not re.fullmatch('[0-9a-f]{16}', w[0]) or number(w[0]) not in mine:
            continue
        r = mine[number(w[0])]
        seen += 1
        for name, a, b in (('name', r['name'], w[6].strip()), ('size', r['object_size'], int(w[1])), ('total', r['objects'], int(w[3])),
                           ('slabs', r['slabs'], int(w[4]))):
            check('kmem -s ' + name, a, b, where=w[6])
        check('kmem -s allocated', r['allocated'], int(w[2]), where=w[6])
    check('kmem -s: all caches', len(mine), seen)


def memory_figures(said, dump):
    mine = {r['name']: r['kilobytes'] for r in of_kind(ours(dump, '!vm'), 'memory_figure')}
    for theirs, name in (('TOTAL MEM', 'MemTotal'), ('FREE', 'MemFree'), ('BUFFERS', 'Buffers'), ('CACHED', 'Cached'), ('SLAB', 'Slab'),
                         ('TOTAL SWAP', 'SwapTotal'), ('COMMIT LIMIT', 'CommitLimit'), ('COMMITTED', 'Committed_AS')):
        m = re.search(rf'^\s+{theirs}\s+(\d+) ', said['kmem -i'], re.M)
        check('kmem -i', mine.get(name), m and int(m[1]) * 4, f'kmem -i {theirs}', theirs)


def rest(said, dump):
    # Of messages of more than one line the first.
    text = [r['text'].split('\n')[0] for r in of_kind(ours(dump, '!dmesg'), 'kernel_message')]
    theirs = [re.sub(r'^\[ *\d+\.\d+\] ', '', line) for line in said['log'].splitlines() if line.startswith('[')]
    for a, b in zip(text, theirs):
        check('log', a.rstrip(), b.rstrip())
    check('log: lines', len(text), len(theirs))
    mounts = [(number(r['address']), number(r['super_block']), r['type'], r['path']) for r in of_kind(ours(dump, '!mount'), 'mount')]
    other = [w for w in map(str.split, said['mount'].splitlines()) if len(w) == 5 and re.fullmatch('[0-9a-f]{16}', w[0])]
    check('mount', sorted(mounts), sorted((number(w[0]), number(w[1]), w[2], w[4]) for w in other))
    modules = [(r['module'], number(r['start']), r['size']) for r in of_kind(ours(dump, 'lm'), 'module') if r['module'] != 'vmlinux']
    other = [w for w in map(str.split, said['mod'].splitlines()) if len(w) > 4 and re.fullmatch('[0-9a-f]{16}', w[0])]
    check('mod', sorted(modules), sorted((w[1], number(w[2]), int(w[3])) for w in other))
    queues = {r['cpu']: (number(r['rq_addr']), number(r['task_addr']), r['pid'], r['name']) for r in of_kind(ours(dump, '!ready'), 'run_queue')}
    for m in re.finditer(r'CPU (\d+) RUNQUEUE: (\w+)\n\s+CURRENT: PID: (\d+)\s+TASK: (\w+)\s+COMMAND: "(.*)"', said['runq']):
        check('runq', queues.get(int(m[1])), (number(m[2]), number(m[4]), int(m[3]), m[5]))
    lines = {r['irq']: r for r in of_kind(ours(dump, '!irq'), 'irq') if 'irq' in r}
    for m in re.finditer(r'^\s*(\d+)\s+(\w{16})\s+\w{16}\s+"(.*)"', said['irq'], re.M):
        r = lines.get(int(m[1]), {})
        check('irq', (number(r.get('address', '0')), r.get('handlers')), (number(m[2]), [m[3]]))
    target = ours(dump, 'vertarget')[0]
    for name, mine in (('RELEASE', target['service_pack']), ('CPUS', str(target['processors']))):
        check('sys', mine, re.search(rf'{name}: (\S+)', said['sys'])[1])
    h, m, s = map(int, re.search(r'UPTIME: (\d+):(\d+):(\d+)', said['sys']).groups())
    check('sys', int(target['system_uptime']), h * 3600 + m * 60 + s)


def bit(text):
    """Of a type as dt has it: "Pos 31, 1 Bit"."""
    found = re.match(r'Pos (\d+), ', text)
    return int(found[1]) if found else 0


def structs(said, dump):
    for name in STRUCTS:
        text = said[f'struct {name} -o']
        size = re.search(r'^SIZE: (\d+)', text, re.M)
        rows = ours(dump, f'dt {name}')
        types = of_kind(rows, 'type')
        if not size or not types:
            check('struct', bool(types), bool(size), where=name)
            continue
        if name != 'pid':  # that one may have been changed for crash
            check('struct size', types[0]['size'], int(size[1]), where=name)
        # crash gives the byte of a bit field's first bit, here it is that of the whole word.
        mine = {r['name']: r['offset'] + bit(r['type']) // 8 for r in of_kind(rows, 'member') if r['depth'] == 0}
        for m in re.finditer(r'^\s*\[(\d+)\] (.+);$', text, re.M):
            member = re.search(r'\(\*(\w+)\)', m[2]) or re.search(r'(\w+)(\[[^]]*\])*( *: *\d+)?$', m[2])
            if member and member[1] in mine:
                check('struct offsets', mine[member[1]], int(m[1]), where=f'{name}.{member[1]}')


def with_crash(name, dump, vmlinux, folder):
    fixed = f'{folder}/vmlinux'
    sizes = ours(dump, 'dt pid')
    numbers = next((r['offset'] for r in sizes if r['kind'] == 'member' and r['name'] == 'numbers'), 0)
    if sizes and sizes[0].get('size') == numbers == 0x60:
        print(f'{name}: crash 8.0.2 lists the running tasks only: sizeof(struct pid) holds no struct upid; '
              f'{mended(vmlinux, fixed)} descriptions of it in a copy of the vmlinux are larger now by one')
    else:
        os.symlink(vmlinux, fixed)
    words = ['sys', 'ps', 'foreach bt', 'foreach files', 'foreach vm', 'mod', 'runq', 'kmem -s', 'kmem -i', 'log', 'mount', 'irq']
    said = crash(fixed, dump, words + [f'struct {s} -o' for s in STRUCTS])
    if len(said) < len(words):
        failures.append(f'{name}: crash ends early, behind {list(said)[-1:]}')
        return
    processes = ps(said, dump)
    bt(said, dump)
    files(said, dump, processes)
    check('vm', 'VMA' in said['foreach vm'] and 'invalid structure' not in said['foreach vm'], True, 'vm')
    slabs(said, dump)
    memory_figures(said, dump)
    rest(said, dump)
    structs(said, dump)


# ---- drgn

DRGN = '''
import json, sys
from drgn import Object, cast
from drgn.helpers.linux import *
out = {}
def part(name, f):
    try:
        out[name] = f()
    except Exception as e:
        out[name] = 'fails: %s: %s' % (type(e).__name__, str(e)[:200])
text = lambda s: s.string_().decode('utf-8', 'replace')
part('tasks', lambda: sorted((t.value_(), t.pid.value_(), t.tgid.value_(), text(t.comm)) for t in for_each_task(prog) if t.pid))
part('slab', lambda: sorted((c.value_(), text(c.name), c.object_size.value_()) for c in for_each_slab_cache(prog)))
part('mounts', lambda: sorted((m.value_(), mount_dst(m).decode(), mount_fstype(m).decode()) for m in for_each_mount(prog)))
part('files', lambda: {t.pid.value_(): sorted((fd, f.value_()) for fd, f in for_each_file(t)) for t in for_each_task(prog) if t.mm and t.pid == t.tgid})
def queues():
    return sorted((c, q.address_of_().value_(), q.curr.value_(), q.nr_running.value_()) for c in for_each_online_cpu(prog)
                  for q in [per_cpu(prog['runqueues'], c)])
part('run queues', queues)
wanted = json.loads(sys.argv[1])
part('mutex owners', lambda: [Object(prog, 'struct mutex', address=a).owner.counter.value_() & (1 << 64) - 8 for a in wanted])
print(json.dumps(out))
'''


def with_drgn(name, dump, vmlinux, folder):
    kernel = dump.with_name(name + '.paging.elf')
    if not kernel.exists():
        kernel = f'{folder}/{name}.kdump'
        subprocess.run([OSMODUMP, 'convert', '-q', '--force', '--to', 'kdump', str(dump), kernel], check=True, stdout=subprocess.DEVNULL)
    locks = [r for r in of_kind(ours(dump, '!locks'), 'kernel_lock') if r['type'] == 'mutex']
    script = pathlib.Path(folder) / 'ask.py'
    script.write_text(DRGN, encoding='ascii')
    run = subprocess.run(['drgn', '-q', '-c', str(kernel), '-s', str(vmlinux), str(script), json.dumps([number(r['address']) for r in locks])],
                         capture_output=True, text=True, check=False)
    if not run.stdout:
        failures.append(f'{name}: drgn fails: {run.stderr[-200:]}')
        return
    threads = of_kind(ours(dump, '!process 0 2'), 'kernel_thread')
    files_of = {str(p['pid']): [[r['fd'], number(r['file_addr'])] for r in of_kind(ours(dump, f'.process {p["pid"]:x}; !handle'), 'kernel_file')]
                for p in of_kind(ours(dump, '!process 0 0'), 'kernel_process') if 'mm_addr' in p}
    mine = {
        'tasks': sorted([number(r['task_addr']), r['tid'], r['pid'], r['name']] for r in threads if r['tid']),
        'slab': sorted([number(r['address']), r['name'], r['object_size']] for r in of_kind(ours(dump, '!slab'), 'slab_cache')),
        'mounts': sorted([number(r['address']), r['path'], r['type']] for r in of_kind(ours(dump, '!mount'), 'mount')),
        'files': {p: sorted(f) for p, f in files_of.items()},
        'run queues': sorted([r['cpu'], number(r['rq_addr']), number(r['task_addr']), r['running']] for r in of_kind(ours(dump, '!ready'), 'run_queue')),
        'mutex owners': [number(r.get('owner_addr', '0')) for r in locks],
    }
    for part, theirs in json.loads(run.stdout).items():
        if isinstance(theirs, str):
            print(f'{name}: drgn: {part}: {theirs}')
            failures.append(f'{name}: drgn {part} {theirs}')
        elif isinstance(theirs, dict):
            for key in sorted(set(theirs) | set(mine[part])):
                a, b = mine[part].get(key), theirs.get(key)
                check('drgn ' + part, a, b, 'drgn files' if b and a == [x for x in b if x[1]] else None, f'{name} {key}')
        else:
            check(f'drgn {part}: how many', len(mine[part]), len(theirs), where=name)
            for a, b in zip(mine[part], theirs):
                cut = part == 'tasks' and a[:3] == b[:3] and a[3].startswith(b[3]) and len(b[3]) == 15
                check('drgn ' + part, a, b, 'drgn tasks' if cut else None, name)


def main():
    if not KERNELS or not pathlib.Path(KERNELS).is_dir():
        print('no kernel dumps (set OSMOSIS_KERNELS)')
        return 77
    compared = 0
    for dump in sorted(pathlib.Path(KERNELS).glob('*.elf')):
        name, vmlinux = dump.name[:-4], dump.with_name(dump.name[:-4] + '.vmlinux')
        if dump.name.endswith('.paging.elf') or not vmlinux.exists():
            continue
        for program, how in (('crash', with_crash), ('drgn', with_drgn)):
            if not shutil.which(program):
                print(f'{name}: no {program}: not compared')
                continue
            with tempfile.TemporaryDirectory(dir='/var/tmp') as folder:
                how(name, dump, vmlinux.resolve(), folder)
            compared += 1
    if not compared:
        print('no kernel with its debug information, or no peer')
        return 77
    for what, n in counts.items():
        print(f'figure: {what}: {n} compared')
    for why, n in told.items():
        print(f'{why}: {n} differ: {WHY[why]}')
    for f in failures[:60]:
        print('FAIL: ' + f)
    print(f'{sum(counts.values()) - len(failures)} passed, {len(failures)} failed')
    return failures != []


sys.exit(main())
