The heap of glibc's malloc: !heap

A program of x64 whose libc has no symbols: its main arena is known by its form. Bins point to
themselves; the heap has a tcache, blocks in use, of which one is in the tcache, one in an unsorted bin,
and one that nothing points to.

  $ cat > heap.py <<'END'
  > import struct, sys
  > def bins(base, busy):
  >     out = []
  >     for i in range(127):
  >         out += busy.get(i, [base + 16 * i - 16] * 2)
  >     return out
  > arena, heap = 0x7f0000200c60, 0x555500000000
  > base = arena + 112
  > chunks, at = {}, heap
  > def chunk(size, words, used_before=1, prev=0):
  >     global at
  >     chunks[at] = [prev, size | used_before] + words
  >     at += size
  >     return at - size
  > damaged = len(sys.argv) > 1
  > tcache = chunk(0x290, [0] * 80)
  > kept = chunk(0x30, [0, 0])
  > cached = chunk(0x30, [(heap + 0x2d0) >> 12, 0])
  > lost = chunk(0x40, [0x4141414141414141] * 6)
  > free = chunk(0x420, [base - 16] * 2)
  > after = chunk(0x30, [0x555500000000 + 0x2a0, 0], 0, 0x420)
  > top = chunk(0x21000 - (at - heap), [])
  > chunks[tcache][2:] = [1 << 16] + [0] * 15 + [0, cached + 16] + [0] * 62
  > if damaged:
  >     chunks[free][0] = 0x4141414141414141
  >     chunks[free][1] = 0x4141414141414141
  >     chunks[cached][2] = 0x12345678
  > words = ' '.join
  > def u64(values): return 'u64 ' + ' '.join(hex(v) for v in values)
  > print('elfcore x64')
  > print('process pid=4711 ppid=1 uid=0 gid=0 name=demo args="demo" state=R')
  > print('thread 4711 rip=0x401010 rsp=0x7ffc00000000 fs_base=0x7f0000001700')
  > print('file 0x7f0000200000 0x7f0000203000 0 /lib/libc.so.6')
  > state = [0, 0] + [0] * 10 + [top, 0] + bins(base, {0: [free, free]}) + [0, 0, arena, 0, 1, 0x21000, 0x21000]
  > params = [0x20000, 0x20000, 0x20000, 8, 0, 0x10000 << 32, 0, 0, 0, heap, 64]
  > print('memory 0x7f0000200000 prot=rw', u64(params), 'at', hex(arena), u64(state))
  > print('memory 0x7f0000001000 prot=rw zero 0x600 at 0x7f0000001600', u64([tcache + 16]), 'at 0x7f0000001700', u64([0x7f0000001700]))
  > print('memory', hex(heap), 'prot=rw', ' '.join(f'at {a:#x} {u64(w)}' for a, w in chunks.items()), 'at', hex(heap + 0x20ff8), 'u64 0')
  > print('memory 0x7ffc00000000 prot=rw', u64([after + 16, kept + 16]))
  > END
  $ python3 heap.py > heap.recipe; mkdump heap.recipe heap.core
  $ osmodump -q heap.core -c '!heap'
  glibc malloc, known by the form of the arenas in memory; free lists: safe-linked
  1 arenas, 7 chunks, 1 tcaches; 0 mapped chunks, 0.000 kB (malloc counts 0)
  
    # arena                system    in use   blocks   tcache     fast     bins    free      top
    0 00007f00`00200c60     21000       330        4       30        0      420       2    20880
  $ osmodump -q heap.core -c '!heap -stat; !heap -x 555500000305; !heap -a 0; !heap -v; !heap -l'
        size     blocks        bytes percent       free   free bytes
          30          2           60      60          1           30
          40          1           40      40          0            0
         420          0            0       0          1          420
  chunk             user                    size  arena  state
  00005555`000002f0 00005555`00000300         40     0 in use (address is at +0x5)
  chunk             user                    size  arena  state
  00005555`00000000 00005555`00000010        290     0 malloc's own
  00005555`00000290 00005555`000002a0         30     0 in use
  00005555`000002c0 00005555`000002d0         30     0 tcache 1
  00005555`000002f0 00005555`00000300         40     0 in use
  00005555`00000330 00005555`00000340        420     0 unsorted bin 1
  00005555`00000750 00005555`00000760         30     0 in use
  00005555`00000780 00005555`00000790      20880     0 top
  glibc malloc, known by the form of the arenas in memory; free lists: safe-linked
  1 arenas, 7 chunks, 1 tcaches; 0 mapped chunks, 0.000 kB (malloc counts 0)
  no damage found
  reached 2 blocks, 0.094 kB; by inside pointers only 0, 0.000 kB
  lost 1 blocks, 0.062 kB; indirectly 0, 0.000 kB
  lost               1 x       40 =         40  00005555`00000300
  $ osmodump -q --json heap.core -c '!heap -s; !heap -stat; !heap -x 555500000305; !heap -l'
  {"kind":"heap","known_by":"the form of the arenas in memory","links":"safe-linked","arenas":1,"chunks":7,"tcaches":1,"mapped":0,"mapped_bytes":0,"mapped_counted":0}
  {"kind":"heap_arena","arena":0,"address":"0x7f0000200c60","system":135168,"in_use":816,"chunks_in_use":4,"tcache":48,"fast":0,"bins":1056,"chunks_free":2,"top":133248}
  {"kind":"heap_class","size":48,"n":2,"bytes":96,"percent":60,"free":1,"free_bytes":48}
  {"kind":"heap_class","size":64,"n":1,"bytes":64,"percent":40,"free":0,"free_bytes":0}
  {"kind":"heap_class","size":1056,"n":0,"bytes":0,"percent":0,"free":1,"free_bytes":1056}
  {"kind":"heap_chunk","address":"0x5555000002f0","user":"0x555500000300","size":64,"state":"in use","arena":0,"offset":5}
  {"kind":"heap_leaks","lost":1,"lost_bytes":64,"indirectly":0,"indirectly_bytes":0,"possibly":0,"possibly_bytes":0,"reached":2,"reached_bytes":96,"scanned":5120}
  {"kind":"heap_leak","state":"lost","size":64,"n":1,"bytes":64,"example":"0x555500000300"}

A size that was written over, and a link of the tcache that leads nowhere:

  $ python3 heap.py damaged > damaged.recipe; mkdump damaged.recipe damaged.core
  $ osmodump -q damaged.core -c '!heap -v'
  glibc malloc, known by the form of the arenas in memory; free lists: none seen
  1 arenas, 7 chunks, 1 tcaches; 0 mapped chunks, 0.000 kB (malloc counts 0)
  2 damages: !heap -v
  size: chunk 00005555`00000330
    at 00005555`00000338 found 41414141`41414141  "AAAAAAAA", expected 00000000`00000421
    written on from the block at 00005555`00000300?
    the size of this chunk was overwritten
  wild entry: in tcache 1 of tcache 00005555`00000010
    at 00005555`000002d0 found 00000000`12345678, leads to 00000000`12345668
    the list leads to where no chunk begins: a free chunk was written to, or something was freed that malloc did not give
  $ osmodump -q --json damaged.core -c '!heap -v'
  {"kind":"heap","known_by":"the form of the arenas in memory","links":"none seen","arenas":1,"chunks":7,"tcaches":1,"mapped":0,"mapped_bytes":0,"mapped_counted":0,"damages":2}
  {"kind":"heap_damage","damage":"size","chunk":"0x555500000330","place":"0x555500000338","found":"0x4141414141414141","bytes":"4141414141414141","expected":"0x421","arena":0,"culprit":"0x555500000300","meaning":"the size of this chunk was overwritten"}
  {"kind":"heap_damage","damage":"wild entry","place":"0x5555000002d0","found":"0x12345678","leads_to":"0x12345668","list":"tcache","bin":1,"tcache":"0x555500000010","meaning":"the list leads to where no chunk begins: a free chunk was written to, or something was freed that malloc did not give"}

Words that are not understood, addresses that are in no chunk, no heap at all:

  $ osmodump -q heap.core -c '!heap -z'
  !heap: no option '-z'
  Usage: !heap [-s | -stat | -x ADDRESS | -a HEAP | -v | -l]
  [1]
  $ osmodump -q heap.core -c '!heap -x 10'
  0x10 is in no chunk of malloc
  [1]
  $ osmodump -q heap.core -c '!heap -a 7'
  no arena 0x7: there are 1
  [1]
  $ cat > none.recipe <<'END'
  > elfcore x64
  > thread 4711 rip=0x401010
  > memory 0x7f0000200000 prot=rw zero 0x2000
  > END
  $ mkdump none.recipe none.core; osmodump -q none.core -c '!heap'
  no arena of glibc's malloc found: malloc was not used, is not glibc's, or its data are not in the dump
  [1]
