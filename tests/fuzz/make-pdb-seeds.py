#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the seeds in tests/fuzz/corpus/pdb: clang's PDBs of two tiny programs,
packed again with pages of 512 bytes, of which one is scattered.

usage: make-pdb-seeds.py [FOLDER]
"""
import pathlib
import struct
import subprocess
import sys
import tempfile

C = '''
typedef struct node { struct node *next; int value : 5, rest : 27; union { long l; char c[4]; } u; } node;
enum colour { RED = -1, GREEN = 2, BLUE = 70000 };
int counter = 3; static node first; const int answer = 42;
static __inline __attribute__((always_inline)) int twice(int v)
{
	int w = v * 2;
	counter += w;
	return w ^ 3;
}
__attribute__((noinline)) int walk(node *n, enum colour c)
{
	int sum = 0;
	for (; n; n = n->next) {
		int k = n->value;
		sum += k * c + twice(k);
	}
	return sum;
}
int main(void) { first.next = &first; return walk(&first, GREEN) + twice(counter); }
'''
CXX = '''
namespace ns {
template <class T> struct box { virtual ~box(); virtual T get(T v) const; T v; static int s; };
template <class T> T box<T>::get(T x) const { return x + v; }
template <class T> box<T>::~box() {}
struct d : box<int>, box<char> { int e; };
}
int use(ns::d &x) { return x.box<int>::get(3); }
extern "C" int main() { ns::d x; return use(x); }
'''
MAGIC = b'Microsoft C/C++ MSF 7.00\r\n\x1aDS\0\0\0'


def streams(data):
    page, _, _, size, _, at = struct.unpack_from('<6I', data, 32)
    pages = struct.unpack_from(f'<{-(-size // page)}I', data, at * page)
    directory = b''.join(data[p * page:(p + 1) * page] for p in pages)
    n = struct.unpack_from('<I', directory)[0]
    sizes = struct.unpack_from(f'<{n}I', directory, 4)
    at = 4 + 4 * n
    for s in sizes:
        s = 0 if s == 0xFFFFFFFF else s
        k = -(-s // page)
        own = struct.unpack_from(f'<{k}I', directory, at)
        at += 4 * k
        yield b''.join(data[p * page:(p + 1) * page] for p in own)[:s]


def pack(contents, page, scatter):
    """A new file; `scatter`: the pages of all streams in turn."""
    pages = [b''] * 3  # superblock and two free page maps
    lists = [[] for _ in contents]
    chunks = [[s[i:i + page] for i in range(0, len(s), page)] for s in contents]
    order = [(i, k) for i, c in enumerate(chunks) for k in range(len(c))]
    if scatter:
        order.sort(key=lambda x: (-x[1], x[0]))
    for i, k in order:
        lists[i].append((k, len(pages)))
        pages.append(chunks[i][k])
    directory = struct.pack('<I', len(contents)) + b''.join(struct.pack('<I', len(s)) for s in contents)
    directory += b''.join(struct.pack('<I', p) for own in lists for _, p in sorted(own))
    first = len(pages)
    pages += [directory[i:i + page] for i in range(0, len(directory), page)]
    at = len(pages)
    pages.append(b''.join(struct.pack('<I', p) for p in range(first, at)))
    pages[0] = MAGIC + struct.pack('<6I', page, 1, len(pages), len(directory), 0, at)
    return b''.join(p.ljust(page, b'\0') for p in pages)


def build(folder, name, target, options, source, link=()):
    suffix = 'cpp' if source is CXX else 'c'
    (folder / f'a.{suffix}').write_text(source, encoding='ascii')
    subprocess.run(['clang', f'--target={target}-pc-windows-msvc', '-gcodeview', '-g', '-gcolumn-info', '-fcoverage-compilation-dir=c:/src', '-fdebug-compilation-dir=c:/src',
                    '-fno-exceptions', *options, '-c', f'a.{suffix}', '-o', 'a.obj'], cwd=folder, check=True)
    subprocess.run(['lld-link', '/nologo', '/debug', '/entry:main', '/subsystem:console', '/nodefaultlib',
                    '/force:unresolved', '/pdbsourcepath:c:\\src', '/out:a.exe', f'/pdb:{name}.pdb', *link, 'a.obj'],
                   cwd=folder, check=True, stderr=subprocess.DEVNULL)
    return list(streams((folder / f'{name}.pdb').read_bytes()))


def main():
    out = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent / 'corpus/pdb')
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for name, target, options, source in (
                ('c-x64', 'x86_64', ['-O0'], C), ('c-x64-optimised', 'x86_64', ['-O2'], C),
                ('c-x86', 'i686', ['-O2'], C), ('c-arm64', 'aarch64', ['-O1'], C),
                ('cxx-x64', 'x86_64', ['-O1'], CXX), ('cxx-x86', 'i686', ['-O0'], CXX)):
            contents = build(pathlib.Path(folder), name, target, options, source)
            (out / f'{name}.pdb').write_bytes(pack(contents, 512, scatter=name == 'c-x64-optimised'))


if __name__ == '__main__':
    main()
