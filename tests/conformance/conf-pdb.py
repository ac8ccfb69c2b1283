#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the PDB provider answers, against what other tools say of the same PDBs.

Breakpad's and Sentry's .sym files are compared record by record; the records
llvm-pdbutil lists (procedures, publics, globals, types, members, lines, frame
data) are asked for one by one; sampled addresses go to llvm-symbolizer;
decorated names to llvm-undname. A difference that is meant has a rule with its
reason below and is counted by that reason; any other is shown and fails.
"""
import collections
import importlib.util
import os
import pathlib
import random
import re
import shutil
import struct
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
FIXTURES = pathlib.Path(os.environ.get('OSMOSIS_FIXTURES', TOP / '../shared/fixtures'))
DRIVER = pathlib.Path(os.environ.get('OSMODUMP', TOP / 'build/osmodump')).parent / 'tests/answer-pdb'
SHOWN = int(os.environ.get('CONF_SHOW', '5'))
SAMPLES = 400


class Tally:
    def __init__(self):
        self.agree = collections.Counter()
        self.explained = collections.Counter()
        self.bad = collections.Counter()

    def fact(self, what, ok, *detail, reason=None):
        if ok:
            self.agree[what] += 1
        elif reason:
            self.explained[f'{what}: {reason}'] += 1
        else:
            self.bad[what] += 1
            if self.bad[what] <= SHOWN:
                print(f'disagree: {what}:', *detail)


T = Tally()


def ask(pdb, requests):
    """One list of lines for each request."""
    requests = list(requests)
    if not requests:
        return []
    run = subprocess.run([DRIVER, pdb], input=''.join(r + '\n' for r in requests).encode('latin-1'),
                         capture_output=True, check=False)
    out, answer = [], []
    for line in run.stdout.decode('latin-1').split('\n'):
        if line == '.':
            out.append(answer)
            answer = []
        else:
            answer.append(line)
    if len(out) != len(requests):
        T.fact('driver', False, pdb, f'{len(out)} answers to {len(requests)} requests', run.stderr[-400:])
        out += [['error none']] * (len(requests) - len(out))
    return [a or [''] for a in out]


def tool(*command, stdin=''):
    run = subprocess.run(command, input=stdin.encode('latin-1'), capture_output=True, check=False)
    return run.stdout.decode('latin-1')


def symbol(answer):
    """(kind, rva, size, name) or None"""
    w = answer[0].split(' ', 6)
    return None if w[0] == 'error' else (w[0], int(w[1], 16), int(w[2], 16), w[6])


# --- Breakpad .sym ------------------------------------------------------------------

class Sym:
    def __init__(self, path):
        self.funcs, self.publics, self.stack, files = [], [], [], {}
        lines = None
        for text in path.read_text('latin-1').splitlines():
            w = text.split(' ')
            if w[0] in ('FUNC', 'PUBLIC') and w[1] == 'm':
                del w[1]
            if w[0] == 'FILE':
                files[w[1]] = text.split(' ', 2)[2]
            elif w[0] == 'FUNC':
                lines = []
                self.funcs.append((int(w[1], 16), int(w[2], 16), ' '.join(w[4:]), lines))
            elif w[0] == 'PUBLIC':
                self.publics.append((int(w[1], 16), ' '.join(w[3:])))
            elif w[:2] == ['STACK', 'WIN']:
                self.stack.append(text.split(' ', 11)[2:])
            elif w[0] not in ('MODULE', 'INFO', 'STACK') and len(w) == 4:
                lines.append((int(w[0], 16), int(w[1], 16), int(w[2]), files[w[3]]))


def bare(name):
    """A name without return type, storage and parameters."""
    name, depth = name.replace(', ', ','), 0
    for i, c in enumerate(name):
        depth += (c in '<') - (c in '>')
        if c == '(' and not depth and i and not name.startswith('operator()', max(i - 8, 0)):
            name = name[:i]
            break
    words = re.split(r' (?![^<]*>)', name)
    for i, w in enumerate(words):
        if 'operator' in w or '`' in w:
            return ' '.join(words[i:])
    return words[-1]


def compare_sym(pdb, sym, rearranged):
    s = Sym(sym)
    for f, a in zip(s.funcs, ask(pdb, (f'at {f[0]:x}' for f in s.funcs))):
        got, name = symbol(a), bare(f[2])
        same = got and got[3].lstrip('_') == name.lstrip('_')
        folded = got and not same and sum(1 for o in s.funcs if o[0] == f[0]) <= 1 and \
            any(x['name'].lstrip('_') == name.lstrip('_') for x in procs_at(pdb, f[0]))
        T.fact('sym function name', same, pdb.name, f[:3], a[0],
               reason='folded functions share the address' if folded else None)
        T.fact('sym function range', got and got[1:3] == f[:2], pdb.name, f[:3], a[0],
               reason='one symbol for all blocks of a rearranged function' if rearranged else None)
    lines = [x for f in s.funcs for x in f[3] if x[1]]
    for x, a in zip(lines, ask(pdb, (f'line {x[0]:x}' for x in lines))):
        w = a[0].split(' ', 4)
        ok = w[0] != 'error'
        T.fact('sym line', ok and int(w[2]) == x[2] and w[4].lower() == x[3].lower(), pdb.name, x, a[0])
        T.fact('sym line range', ok and (int(w[0], 16), int(w[1], 16)) == x[:2], pdb.name, x, a[0],
               reason='their range includes jumps put in behind the block'
               if rearranged and ok and int(w[0], 16) == x[0] and int(w[1], 16) < x[1] else None)
    for p, a in zip(s.publics, ask(pdb, (f'at {p[0]:x}' for p in s.publics))):
        got = symbol(a)
        T.fact('sym public', got and got[1] == p[0] and got[3].lstrip('_') == bare(p[1]).lstrip('_'),
               pdb.name, p, a[0],
               reason='inside a procedure with debug information' if got and got[0] == 'function' else None)
    compare_stack(pdb, s.stack, rearranged)


def compare_stack(pdb, stack, rearranged):
    data = {r[1] for r in stack if r[0] == '4'}
    for r, a in zip(stack, ask(pdb, (f'frame {r[1]}' for r in stack))):
        w = a[0].split(' ', 10)
        ok = w[0] == r[0] and [int(x, 16) for x in w[1:8]] == [int(x, 16) for x in r[1:4] + r[5:9]]
        ok = ok and (w[10].strip() == r[9][2:].strip() if r[0] == '4' else w[8] == r[9].split(' ')[1])
        reason = None
        if r[0] == '0' and w[0] == '4' and int(w[1], 16) <= int(r[1], 16):
            reason = 'FRAMEDATA covers it and is preferred to FPO'
        elif rearranged and r[1] in data and w[0] == '4':
            reason = 'they cut blocks at the end of the prolog'
        T.fact('sym frame data', ok, pdb.name, r, a[0], reason=reason)


# --- llvm-pdbutil -------------------------------------------------------------------

class Listing:
    """What llvm-pdbutil dumps of a PDB."""

    def __init__(self, pdb):
        self.pdb = pdb
        self.sections = [int(m, 16) for m in re.findall(
            r'^ +([0-9A-F]+) virtual address',
            tool('llvm-pdbutil', 'dump', '-section-headers', pdb).split('Original Section Headers')[0], re.M)]

    def dump(self, what):
        return tool('llvm-pdbutil', 'dump', what, self.pdb)

    def rva(self, section, offset):
        return self.sections[section - 1] + offset if 0 < section <= len(self.sections) else None

    def procs(self):
        out = []
        for m in re.finditer(r'\| S_[LG]PROC32(?:_ID)? \[size = \d+\] `(.*)`\n.*addr = (\d+):(\d+), '
                             r'code size = (\d+)', self.dump('-symbols')):
            rva = self.rva(int(m[2]), int(m[3]))
            if rva:
                out.append({'name': m[1], 'rva': rva, 'size': int(m[4])})
        return out

    def publics(self):
        for m in re.finditer(r'\| S_PUB32 \[size = \d+\] `(.*)`\n +flags = (.*), addr = (\d+):(\d+)',
                             self.dump('-publics')):
            rva = self.rva(int(m[3]), int(m[4]))
            if rva:
                yield m[1], rva


_procs = {}


def procs_at(pdb, rva):
    if pdb not in _procs:
        by_rva = collections.defaultdict(list)
        for p in Listing(pdb).procs():
            by_rva[p['rva']].append(p)
        _procs[pdb] = by_rva
    return _procs[pdb].get(rva, [])


def truncated(name):
    return name.endswith('...')


def same_name(ours, theirs):
    if truncated(theirs):
        return ours.startswith(theirs[:-3])
    return ours == theirs


def compare_procs(pdb):
    procs_at(pdb, 0)
    procs = [p for v in _procs[pdb].values() for p in v]
    for p, first, last in zip(procs, ask(pdb, (f'at {p["rva"]:x}' for p in procs)),
                              ask(pdb, (f'at {p["rva"] + max(p["size"], 1) - 1:x}' for p in procs))):
        names = [q['name'] for q in procs_at(pdb, p['rva'])]
        names += [n.lstrip('@').split('@')[0] for n in names if n.startswith('@')]
        if not p['size']:
            continue
        for a in (first, last):
            got = symbol(a)
            T.fact('procedure', got and got[1] == p['rva'] and got[3] in names, pdb.name, p, a[0],
                   reason='the name of a folded function' if got and got[1] == p['rva'] and len(names) > 1 else None)
        got = symbol(first)
        T.fact('procedure size', got and got[2] in [q['size'] for q in procs_at(pdb, p['rva'])],
               pdb.name, p, first[0])


def compare_publics(pdb, listing):
    publics = list(listing.publics())
    by_rva = collections.defaultdict(list)
    for name, rva in publics:
        by_rva[rva].append(name)
    for (name, rva), a in zip(publics, ask(pdb, (f'named {n}' for n, _ in publics))):
        got = symbol(a)
        T.fact('public by name', got and got[1] == rva, pdb.name, name, hex(rva), a[0],
               reason='private data is preferred' if got and got[0] in ('data', 'function', 'tls') else None)
    for rva, a in zip(by_rva, ask(pdb, (f'at {r:x}' for r in by_rva))):
        got = symbol(a)
        if got and got[0] == 'public':
            T.fact('public by address', got[1] == rva, pdb.name, hex(rva), a[0])
        else:
            T.fact('public by address', got is not None, pdb.name, hex(rva), a[0],
                   reason='the end of its section' if rva in listing.sections else None)
    # a private name and the undecorated public of the same address
    plain = [(n, r) for n, r in publics if n.startswith('?') and procs_at(pdb, r)]
    for (name, rva), a in zip(plain, ask(pdb, (f'plain {n}' for n, _ in plain))):
        names = [p['name'] for p in procs_at(pdb, rva)]
        T.fact('undecorated public is private name', a[0] in names, pdb.name, name, a[0], names,
               reason='clang names constructors of templates without their arguments'
               if re.match(r'\?\?[01]\?\$', name) else 'compiler-made and folded functions have other names'
               if len(names) > 1 or len(by_rva[rva]) > 1 or re.match(r'\?\?_|\?\?__', name) else None)


def compare_globals(pdb, listing):
    text = listing.dump('-globals')
    data = [(m[1], listing.rva(int(m[3]), int(m[4])), int(m[2], 16)) for m in re.finditer(
        r'\| S_[GL]DATA32 \[size = \d+\] `(.*)`\n +type = 0x([0-9A-F]+).*addr = (\d+):(\d+)', text)]
    data = [d for d in data if d[1]]
    rvas = collections.defaultdict(set)
    for name, rva, _ in data:
        rvas[name.lower()].add(rva)
    for d, a in zip(data, ask(pdb, (f'named {d[0]}' for d in data))):
        got = symbol(a)
        T.fact('data by name', got and got[1] in rvas[d[0].lower()], pdb.name, d, a[0])
    starts = collections.defaultdict(set)
    for name, rva, _ in data:
        starts[rva].add(name)
    for rva, a in zip(starts, ask(pdb, (f'at {r:x}' for r in starts))):
        got = symbol(a)
        T.fact('data by address', got and got[1] == rva and got[3] in starts[rva], pdb.name, hex(rva),
               starts[rva], a[0], reason='a table inside of a procedure' if got and got[0] == 'function' else None)
    constants = [(m[1], int(m[2])) for m in re.finditer(
        r'\| S_CONSTANT \[size = \d+\] `(.*)`\n.*value = (-?\d+)$', text, re.M)]
    values = collections.defaultdict(set)
    for name, value in constants:
        values[name].add(value & (1 << 64) - 1)
    for c, a in zip(constants, ask(pdb, (f'named {c[0]}' for c in constants))):
        w = a[0].split(' ', 6)
        T.fact('constant', w[0] == 'constant' and int(w[5]) & (1 << 64) - 1 in values[c[0]], pdb.name, c, a[0],
               reason='another symbol has the name' if w[0] in ('data', 'function') else None)
    udts = [(m[1], int(m[2], 16)) for m in re.finditer(
        r'\| S_UDT \[size = \d+\] `(.*)`\n +original type = 0x([0-9A-F]+)', text)]
    for u, a in zip(udts, ask(pdb, (f'typenamed {u[0]}' for u in udts))):
        T.fact('typedef found', a[0] and not a[0].startswith('error'), pdb.name, u, a[0])


RECORD = re.compile(r'^ +0x([0-9A-F]+) \| (LF_\w+) \[size = \d+\](?: `(.*)`)?$')


def type_records(text):
    """(index, leaf, name, text of the record)"""
    out = []
    for line in text.splitlines():
        m = RECORD.match(line)
        if m:
            out.append([int(m[1], 16), m[2], m[3], ''])
        elif out:
            out[-1][3] += line + '\n'
    return out


KINDS = {'LF_STRUCTURE': 11, 'LF_CLASS': 12, 'LF_UNION': 13, 'LF_ENUM': 14, 'LF_INTERFACE': 12}


def compare_types(pdb, listing):
    records = type_records(listing.dump('-types'))
    by_index = {r[0]: r for r in records}
    info = dict(zip(by_index, ask(pdb, (f'type {i:x}' for i in by_index))))
    wanted = []
    for i, leaf, name, body in records:
        w = info[i][0].split(' ', 8)
        if leaf in KINDS:
            forward = re.search(r'forward ref( \((?:->|<-) 0x([0-9A-F]+)\))?', body)
            target = by_index.get(int(forward[2], 16)) if forward and forward[2] else None
            whole = target[3] if target else body
            size = re.search(r'sizeof (\d+)', whole)
            size = int(size[1]) if size else None
            ok = w[0] != 'error' and int(w[0]) in (KINDS[leaf], KINDS[target[1]] if target else 0)
            T.fact('type kind', ok, pdb.name, hex(i), leaf, name, info[i][0])
            T.fact('type name', ok and w[8] == name, pdb.name, hex(i), name, info[i][0])
            if size is not None:
                T.fact('type size', ok and int(w[2], 16) == size, pdb.name, hex(i), name, size, info[i][0],
                       reason='of several definitions ours is the newest' if target and sum(
                           r[2] == name and 'forward ref' not in r[3] for r in records) > 1 else None)
            T.fact('type complete', ok and bool(int(w[1], 16) & 16) == bool(forward and not target),
                   pdb.name, hex(i), name, body, info[i][0])
            fields = re.search(r'field list: 0x([0-9A-F]+)', whole)
            if fields and not forward:
                wanted.append((i, leaf, int(fields[1], 16)))
        elif leaf == 'LF_POINTER':
            m = re.search(r'referent = 0x([0-9A-F]+).*mode = ([\w ]+), opts = ([\w |]+), kind = (\w+)', body)
            ok = w[0] == '9' and int(w[3], 16) == int(m[1], 16)
            flags = int(w[1], 16) if ok else 0
            mode = {'pointer': 0, 'ref': 1, 'rvalue ref': 2, 'data member pointer': 32,
                    'member fn pointer': 32, 'pointer to data member': 32,
                    'pointer to member function': 32}.get(m[2], 32)
            T.fact('pointer', ok and flags & 35 == mode and bool(flags & 4) == ('const' in m[3]) and
                   (mode or int(w[2], 16) == {'ptr64': 8, 'ptr32': 4}.get(m[4], 0)), pdb.name, hex(i), body, info[i][0])
        elif leaf == 'LF_MODIFIER':
            m = re.search(r'referent = 0x([0-9A-F]+).*modifiers = (.*)', body)
            T.fact('modifier', w[0] == '18' and int(w[3], 16) == int(m[1], 16) and
                   bool(int(w[1], 16) & 4) == ('const' in m[2]) and bool(int(w[1], 16) & 8) == ('volatile' in m[2]),
                   pdb.name, hex(i), body, info[i][0])
        elif leaf == 'LF_ARRAY':
            m = re.search(r'size: (\d+), index type: .*element type: 0x([0-9A-F]+)', body)
            T.fact('array', w[0] == '10' and int(w[2], 16) == int(m[1]) and int(w[3], 16) == int(m[2], 16),
                   pdb.name, hex(i), body, info[i][0])
        elif leaf == 'LF_BITFIELD':
            m = re.search(r'type = 0x([0-9A-F]+).*bit offset = (\d+), # bits = (\d+)', body)
            T.fact('bit field', w[0] == '16' and (int(w[3], 16), int(w[6]), int(w[7])) ==
                   (int(m[1], 16), int(m[2]), int(m[3])), pdb.name, hex(i), body, info[i][0])
        elif leaf in ('LF_PROCEDURE', 'LF_MFUNCTION'):
            m = re.search(r'return type = 0x([0-9A-F]+)', body)
            T.fact('function type', w[0] == '15' and int(w[3], 16) == (int(m[1], 16) if m else 0),
                   pdb.name, hex(i), body, info[i][0])
    functions = [r for r in records if r[1] in ('LF_PROCEDURE', 'LF_MFUNCTION')]
    for r, a in zip(functions, ask(pdb, (f'params {r[0]:x}' for r in functions))):
        args = by_index.get(int(re.search(r'param list = 0x([0-9A-F]+)', r[3])[1], 16))
        want = [int(x, 16) for x in re.findall(r'^ +0x([0-9A-F]+)', args[3], re.M)] if args else []
        got = [int(x, 16) for x in a if x]
        T.fact('parameters', got == want or want == [] and got in ([0], []), pdb.name, r, want, a,
               reason='variable arguments end with no type' if got[:-1] == want else None)
    compare_fields(pdb, by_index, wanted)
    names = {}
    for i, leaf, name, body in records:
        if leaf in KINDS and 'forward ref' not in body and name and '<unnamed' not in name and '__unnamed' not in name:
            names.setdefault(name, set()).add(i)
    for n, a in zip(names, ask(pdb, (f'typenamed {n}' for n in names))):
        T.fact('type by name', a[0] and not a[0].startswith('error') and int(a[0], 16) in names[n], pdb.name, n,
               names[n], a[0])


def fields_of(by_index, index):
    """Text of a field list and those that go on from it."""
    text = ''
    while index in by_index:
        body = by_index[index][3]
        text += body
        m = re.search(r'LF_INDEX \[?continuation = 0x([0-9A-F]+)', body)
        index = int(m[1], 16) if m else None
    return text


def compare_fields(pdb, by_index, wanted):
    enums = [x for x in wanted if x[1] == 'LF_ENUM']
    for x, a in zip(enums, ask(pdb, (f'enumerators {x[0]:x}' for x in enums))):
        want = [(m[1], int(m[2])) for m in re.finditer(r'LF_ENUMERATE \[(.*) = (-?\d+)\]', fields_of(by_index, x[2]))]
        got = [(g.split(' ', 1)[1], int(g.split(' ', 1)[0])) for g in a if ' ' in g and not g.startswith('error')]
        same = len(want) == len(got) and all(g[0] == w[0] and (g[1] - w[1]) % (1 << 32) == 0
                                             for g, w in zip(got, want))
        T.fact('enumerators', same, pdb.name, hex(x[0]), want[:3], a[:3])
    classes = [x for x in wanted if x[1] != 'LF_ENUM']
    for x, a in zip(classes, ask(pdb, (f'members {x[0]:x}' for x in classes))):
        text = fields_of(by_index, x[2])
        want = [(m[1], int(m[2], 16), int(m[3])) for m in re.finditer(
            r'LF_MEMBER \[name = `(.*)`, Type = 0x([0-9A-F]+).*?offset = (\d+),', text)]
        rows = [g.split(' ', 5) for g in a if g and not g.startswith('error')]
        got = [(g[5], int(g[2], 16), int(g[1], 16), int(g[4])) for g in rows if g[0] == '0']
        same = len(want) == len(got) and all(
            g[0] == w[0] and g[2] == w[2] and (g[3] or g[1] == w[1]) for g, w in zip(got, want))
        T.fact('members', same, pdb.name, hex(x[0]), want[:4], a[:4])
        n = len(re.findall(r'- LF_B(?:CLASS|INTERFACE)\b', text))
        T.fact('bases', n == sum(g[0] == '2' for g in rows), pdb.name, hex(x[0]), n, a[:6])
        for leaf, kind in (('LF_STMEMBER', '1'), ('LF_NESTTYPE', '5')):
            T.fact('static members and nested types', len(re.findall(rf'- {leaf} ', text)) ==
                   sum(g[0] == kind for g in rows), pdb.name, hex(x[0]), leaf, a[:6])


_lines = {}
LINES = re.compile(r'^(?P<file>\S.*?) \((?:no checksum|[\w-]+: [0-9A-F]*)\)\n|'
                   r'^ +(?P<section>[0-9A-F]{4}):(?P<begin>[0-9A-F]{8})-(?P<end>[0-9A-F]{8}), .*\n|'
                   r'^(?P<entries>(?: +\S+ [0-9A-F]{8} [ !]*)+)\n', re.M)


def compare_lines(pdb, listing):
    entries, file, section = collections.OrderedDict(), None, 0
    for m in LINES.finditer(listing.dump('-l')):
        if m['file']:
            file = m['file']
        elif m['section']:
            section = int(m['section'], 16)
        elif file:
            for e in re.finditer(r'(\S+) ([0-9A-F]{8})', m['entries']):
                rva = listing.rva(section, int(e[2], 16))
                line = re.match(r'\d+', e[1])
                if rva:
                    entries.setdefault(rva, []).append((file, int(line[0]) if line else None))
    _lines.update({(pdb, rva): want for rva, want in entries.items()})
    for (rva, want), a in zip(entries.items(), ask(pdb, (f'line {r:x}' for r in entries))):
        w = a[0].split(' ', 4)
        ok = w[0] != 'error' and (w[4], int(w[2])) in want
        T.fact('line', ok, pdb.name, hex(rva), want, a[0],
               reason='numbers that stand for no line' if w[0] == 'error' and want[-1][1] in (None, 0xf00f00, 0xfeefee)
               else 'lines of a folded function' if ok_folded(entries, w) else None)


def ok_folded(entries, answer):
    return answer[0] != 'error' and len({f for f, _ in entries.get(int(answer[0], 16), [])}) > 1


def compare_fpo(pdb, listing):
    text = listing.dump('-fpo')
    rows = [[c.strip() for c in r.split('|')] for r in text.split('New FPO Data')[-1].splitlines() if r[:8].strip()
            and re.match(r'[0-9A-F]{8} ', r)]
    rows = [r for r in rows if len(r) == 11]
    for r, a in zip(rows, ask(pdb, (f'frame {r[0]}' for r in rows))):
        w = a[0].split(' ', 10)
        same = any(w[0] == '4' and [int(x, 16) for x in w[1:8]] ==
                   [int(o[0], 16), int(o[1]), int(o[5]), int(o[3]), int(o[6]), int(o[2]), int(o[4])] and
                   w[10].strip() == o[10] for o in rows if o[0] == r[0])
        T.fact('frame data', same, pdb.name, r, a[0])


# The driver gives register n the value n + 1 << 32, on x86 << 16.
BASES = {'RSP': 5 << 32, 'RBP': 6 << 32, 'R13': 14 << 32, 'ESP': 5 << 16, 'EBP': 6 << 16, 'EBX': 4 << 16}
SYMBOL = re.compile(r'^ +(\d+) \| (S_\w+) \[size = \d+\](?: `(.*)`)?(.*)$')


def symbol_records(text):
    """(kind, name, text of the record)"""
    out = []
    for line in text.splitlines():
        m = SYMBOL.match(line)
        if m:
            out.append([m[2], m[3], m[4]])
        elif out:
            out[-1][2] += '\n' + line
    return out


def variables_of(records, start):
    """(name, type, address or None) of the procedure at `start`, outside of its blocks; what can be told
    from the records alone"""
    out, depth, frame, local, ranges = [], 0, {}, None, collections.Counter()
    for kind, name, text in records[start + 1:]:
        if kind in ('S_BLOCK32', 'S_INLINESITE', 'S_INLINESITE2', 'S_THUNK32'):
            depth += 1
        elif kind in ('S_END', 'S_INLINESITE_END', 'S_PROC_ID_END'):
            if not depth:
                break
            depth -= 1
        if depth:
            continue
        kind_of_type = re.search(r'type ?= ?0x([0-9A-F]+)', text)
        if kind == 'S_FRAMEPROC':
            m = re.search(r'local fp reg = (\w+), param fp reg = (\w+)', text)
            frame = {False: m[1], True: m[2]}
        elif kind == 'S_REGREL32':
            m = re.search(r'register = (\w+), offset = (-?\d+)', text)
            out.append((name, int(kind_of_type[1], 16), (m[1], int(m[2])), True))
        elif kind == 'S_BPREL32':
            out.append((name, int(kind_of_type[1], 16), ('EBP', int(re.search(r'offset = (-?\d+)', text)[1])), True))
        elif kind == 'S_LOCAL':
            local = (name, int(kind_of_type[1], 16), 'param' in text)
        if kind.startswith('S_DEFRANGE') and local:
            ranges[local[0]] += 1
        if kind == 'S_DEFRANGE_FRAMEPOINTER_REL_FULL_SCOPE' and local:
            out.append((local[0], local[1], (local[2], int(re.search(r'offset = (-?\d+)', text)[1])), False))
    return [(n, t, (frame.get(b, b), o), older, ranges[n]) for n, t, (b, o), older in out]


def compare_locals(pdb, listing):
    records = symbol_records(listing.dump('-symbols'))
    wanted = []
    for i, (kind, _, text) in enumerate(records):
        m = kind[:9] in ('S_GPROC32', 'S_LPROC32') and \
            re.search(r'addr = (\d+):(\d+), code size = (\d+)', text)
        if m:
            rva = listing.rva(int(m[1]), int(m[2]))
            if rva and int(m[3]) and len(procs_at(pdb, rva)) == 1:
                wanted.append((rva, variables_of(records, i)))
    for (rva, variables), a in zip(wanted, ask(pdb, (f'locals {r:x}' for r, _ in wanted))):
        got = collections.defaultdict(list)
        for row in a:
            w = row.split('\t')[0].split(' ', 5)
            if len(w) == 6:
                got[w[5]].append((w[0], int(w[1], 16), int(w[4], 16)))
        for name, kind, (base, offset), older, ranges in variables:
            if base not in BASES:
                continue
            mask = (1 << (64 if base.startswith('R') else 32)) - 1
            want = ('1', BASES[base] + offset & mask, kind)
            T.fact('variable', want in got[name], pdb.name, hex(rva), name, want, got[name],
                   reason='the newer record of the variable counts' if older and got[name]
                   else 'a record for a range counts' if ranges > 1 and got[name] else None)


# --- llvm-symbolizer -------------------------------------------------------------------

def image_with_pdb(exe, pdb, folder):
    """A copy of the image whose debug record names the PDB by a path that exists."""
    data = bytearray(exe.read_bytes())
    at = data.find(b'RSDS')
    end = data.find(b'\0', at + 24)
    short = f'/tmp/{len(os.listdir(folder)):x}.p'
    if at < 0 or len(short) > end - at - 24:
        return None
    link = pathlib.Path(short)
    link.unlink(missing_ok=True)
    link.symlink_to(pdb.resolve())
    data[at + 24:end + 1] = short.encode() + b'\0' * (end + 1 - at - 24 - len(short))
    out = pathlib.Path(folder) / exe.name
    out.write_bytes(data)
    return out, link


def compare_symbolizer(pdb, exe, folder, listing):
    made = image_with_pdb(exe, pdb, folder)
    if not made:
        return
    procs_at(pdb, 0)
    rnd = random.Random(7)
    procs = [p for v in _procs[pdb].values() for p in v if p['size']]
    addresses = sorted({p['rva'] + rnd.randrange(p['size']) for p in rnd.choices(procs, k=SAMPLES)}) if procs else []
    text = tool('llvm-symbolizer', '--relative-address', f'--obj={made[0]}',
                stdin=''.join(f'0x{a:x}\n' for a in addresses))
    made[1].unlink(missing_ok=True)
    blocks = [b.split('\n') for b in text.strip('\n').split('\n\n')]
    if len(blocks) != len(addresses):
        return
    publics = collections.defaultdict(list)
    named = list(listing.publics())
    for (name, rva), plain in zip(named, ask(pdb, (f'plain {n}' for n, _ in named))):
        publics[rva].append(name if plain[0] == 'error' else plain[0].replace(' ', ''))
    at = ask(pdb, (f'at {a:x}' for a in addresses))
    lines = ask(pdb, (f'line {a:x}' for a in addresses))
    inlines = ask(pdb, (f'inlines {a:x}' for a in addresses))
    for a, block, s, ln, inl in zip(addresses, blocks, at, lines, inlines):
        frames = [(block[i], block[i + 1]) for i in range(0, len(block) - 1, 2)]
        mine = []
        for row in inl:
            if row and not row.startswith('error'):
                w = row.split(' ', 5)
                name, file = w[5].split('\t')
                mine.append((name, f'{file}:{w[4]}', int(w[3], 16)))
        got, w = symbol(s), ln[0].split(' ', 4)
        mine.append((got[3] if got else '??', f'{w[4]}:{w[2]}' if w[0] != 'error' else '??:0'))
        folded = [p['name'] for p in procs_at(pdb, got[1])] if got else []
        compare_frames(pdb, a, frames, mine, folded, _lines.get((pdb, a), []),
                       publics.get(got[1] if got else 0, []))


def short_name(name):
    return name.rsplit('::', 1)[-1]


def next_row(pdb, mine, place):
    """The line that follows in the inlined function is the one they tell."""
    after = ask(pdb, (f'inlines {mine[2] + i:x}' for i in range(64))) if len(mine) > 2 else []
    rows = [r.split(' ', 5) for a in after for r in a if r and not r.startswith('error')]
    return any(r[5] == f'{mine[0]}\t{mine[1].rsplit(":", 1)[0]}' and place.endswith(f':{r[4]}') for r in rows)


def compare_frames(pdb, address, theirs, mine, folded, empty, publics):
    name = spaces(bare(re.sub(r'\b(class|struct|union) ', '', theirs[-1][0]))).replace(' ', '')
    name = re.sub(r'::(~?)(\w+)<[^:]*>$', r'::\1\2', name) if re.match(r'(.*::)?(\w+)<.*>::~?\2<', name) else name
    ours_name = re.sub(r'::(~?)(\w+)<[^:]*>$', r'::\1\2', mine[-1][0]) \
        if re.match(r'(.*::)?(\w+)<.*>::~?\2<', mine[-1][0]) else mine[-1][0]
    T.fact('symbolizer function', spaces(ours_name).replace(' ', '').lstrip('_@') == name.lstrip('_@').split('@')[0],
           pdb.name, hex(address), theirs[-1], mine[-1],
           reason='the name of a folded function' if len(folded) > 1 and any(
               spaces(f).replace(' ', '') == name for f in folded)
           else 'another public name of the address' if name.lstrip('_@') in
           [n.lstrip('_@').split('@')[0] for n in publics] else None)
    if len(theirs) != len(mine):
        same = all(short_name(t[0]) == short_name(m[0]) for t, m in zip(theirs[-2::-1], mine[-2::-1]))
        T.fact('symbolizer inline depth', False, pdb.name, hex(address), theirs, mine,
               reason='LLVM 14 leaves out rows of some annotations' if same and len(mine) > len(theirs) else None)
        return
    T.fact('symbolizer inline depth', True)
    for t, m in zip(theirs, mine):
        place = re.sub(r':\d+$', '', t[1])
        reason = None
        if re.search(r':(15732480|16707566)$', place):
            reason = 'numbers that stand for no line'
        elif any(place == f'{f}:{n}' for f, n in empty):
            reason = 'a line of no length starts at the address'
        elif len(folded) > 1:
            reason = 'lines of a folded function'
        elif next_row(pdb, m, place):
            reason = 'LLVM 14 tells the line of the next row of an inlined function'
        T.fact('symbolizer line', place == m[1] or place.endswith(':0') and m[1] == '??:0', pdb.name, hex(address),
               t, m, reason=reason)
    for t, m in zip(theirs[:-1], mine[:-1]):
        T.fact('symbolizer inlined function', short_name(t[0]).lstrip('_') == short_name(m[0]).lstrip('_'),
               pdb.name, hex(address), t, m)


# --- llvm-undname ----------------------------------------------------------------------

def spaces(name):
    name = name.replace("scalar deleting dtor", "scalar deleting destructor")
    for word in ('vbase', 'deleting', 'atexit'):
        name = name.replace(f'{word} dtor', f'{word} destructor')
    name = name.replace('eh vector ctor', 'eh vector constructor').replace('eh vector dtor', 'eh vector destructor')
    name = name.replace('extern "C" ', '')
    return re.sub(r'\s*([*&,()<>])\s*', r'\1', name).replace('* __restrict', '*__restrict')


def compare_undname(pdb, names):
    names = sorted(n for n in names if n.startswith('?') and not n.startswith('??_C@'))
    text = tool('llvm-undname', stdin='\n'.join(names) + '\n')
    theirs = {}
    for block in text.split('\n\n'):
        rows = block.strip('\n').split('\n')
        if len(rows) >= 2:
            theirs[rows[0]] = rows[1]
    for name, a in zip(names, ask(pdb, (f'complete {n}' for n in names))):
        want = theirs.get(name, 'error')
        if want.startswith('error'):
            T.fact('undecorated name', a[0] == 'error', name, a[0], want,
                   reason='they cannot read the name')
            continue
        T.fact('undecorated name', spaces(a[0]) == spaces(want), name, a[0], want,
               reason="`vcall' thunks are told in Microsoft's form" if "`vcall'" in want else None)


# --- damaged files -------------------------------------------------------------------------

def compare_damaged(pdb, folder):
    """Cut and flipped copies: answers or errors, never a crash (an exit status above 1)."""
    data = pdb.read_bytes()
    requests = 'at 1010\nline 1010\ninlines 1010\nlocals 1010\nframe 1010\nsymbols *a*\ntypes *a*\nnamed main\n' \
        'typenamed _GUID\nmembers 1010\nlines 10 main.c\nidentity\n'
    rnd = random.Random(3)
    for i in range(40):
        copy = bytearray(data)
        if i < 20:
            del copy[rnd.randrange(len(copy)):]
        else:
            for _ in range(1 << (i - 20) // 3):
                copy[rnd.randrange(len(copy))] = rnd.randrange(256)
        path = pathlib.Path(folder) / 'damaged.pdb'
        path.write_bytes(copy)
        run = subprocess.run([DRIVER, path], input=requests.encode(), capture_output=True, check=False, timeout=60)
        T.fact('damaged file', run.returncode in (0, 1), pdb.name, i, run.returncode, run.stderr[-300:])


# --- all -------------------------------------------------------------------------------------

def refused(path, want):
    answer = tool(str(DRIVER), str(path)).split(' ')
    T.fact('refused', answer[:2] == ['error', want], path.name, answer, want)


def find_exe(pdb):
    for suffix in ('.exe', '.dll'):
        exe = pdb.with_suffix(suffix)
        if exe.exists():
            return exe
    return None


def our_own(folder):
    """PDBs of clang and lld, made here: (PDB, image)"""
    spec = importlib.util.spec_from_file_location('seeds', TOP / 'tests/fuzz/make-pdb-seeds.py')
    seeds = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(seeds)
    for target in ('x86_64', 'i686', 'aarch64'):
        for level in ('-O0', '-O1', '-O2'):
            for name, source in (('c', seeds.C), ('cxx', seeds.CXX)):
                name = f'own-{name}-{target}{level}'
                seeds.build(pathlib.Path(folder), name, target, [level], source)
                (pathlib.Path(folder) / 'a.exe').rename(pathlib.Path(folder) / f'{name}.exe')
                yield pathlib.Path(folder) / f'{name}.pdb'


def main():
    if not FIXTURES.is_dir():
        print(f'skip: conf-pdb: no fixtures at {FIXTURES}')
        print('0 passed, 0 failed, 1 skipped')
        return 0
    missing = [t for t in ('llvm-pdbutil', 'llvm-symbolizer', 'llvm-undname') if not shutil.which(t)]
    if missing:
        print(f'skip: conf-pdb: without {", ".join(missing)}')
    pdbs = [p for p in sorted(FIXTURES.rglob('*.pdb')) if p.is_file() and p.stat().st_size > 8192]
    names = set()
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as own:
        if shutil.which('clang') and shutil.which('lld-link'):
            pdbs += our_own(own)
        else:
            print('skip: conf-pdb: no PDBs of our own without clang and lld')
        for pdb in pdbs:
            rearranged = pdb.name.startswith('omap')
            listing = Listing(pdb)
            if not missing and not rearranged and listing.sections:
                compare_procs(pdb)
                compare_publics(pdb, listing)
                compare_globals(pdb, listing)
                compare_lines(pdb, listing)
                compare_fpo(pdb, listing)
                compare_locals(pdb, listing)
                names |= {n for n, _ in listing.publics()}
                exe = find_exe(pdb)
                if exe:
                    compare_symbolizer(pdb, exe, folder, listing)
            if not missing:
                compare_types(pdb, listing)
            for sym in (pdb.with_suffix('.sym'), pathlib.Path(f'{pdb}.sym')):
                if sym.exists():
                    compare_sym(pdb, sym, pdb.name == 'omap_reorder_bbs.pdb')
            if pdb.stat().st_size < 400000:
                compare_damaged(pdb, folder)
        if not missing and pdbs:
            compare_undname(pdbs[0], names)
        for bad in FIXTURES.rglob('bad-block-size.pdb'):
            refused(bad, 'truncated')
    for what in sorted(T.agree | T.bad | collections.Counter(k.split(': ')[0] for k in T.explained)):
        print(f'{what}: {T.agree[what]} agree, {T.bad[what]} disagree')
    for reason, n in sorted(T.explained.items()):
        print(f'  meant: {reason}: {n}')
    agree, bad, meant = sum(T.agree.values()), sum(T.bad.values()), sum(T.explained.values())
    print(f'conformance pdb: {agree + bad + meant} facts compared, {agree} agree')
    print(f'figure: PDB facts compared with other tools: {agree + bad + meant}, agree {agree}, '
          f'differ by intention {meant}, disagree {bad}')
    print(f'{agree + meant} passed, {bad} failed')
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
