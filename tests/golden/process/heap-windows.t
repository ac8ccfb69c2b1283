!heap of a Windows dump: the heaps of ntdll

Healthy ones: with a large block, a low fragmentation heap and two segments; with tail
and free checking; that of Windows 7; a segment heap; and memory that is no heap:

  $ mkdump - app.dmp <<'END'
  > minidump x64
  > system windows 10.0.19045 cpus=4 vendor=GenuineIntel
  > misc size=24 pid=0x1100 create=1234560000 user=1 kernel=2
  > module 0x7ff700000000 0x10000 C:\demo\app.exe
  > module 0x7ffa00000000 0x20000 C:\Windows\System32\ntdll.dll
  > memory 0x300000 u64 0 0x110000 0x100000 at 0x300030 u64 0x300000 at 0x300040 u64 0x1100 0x1198
  >   at 0x300060 u64 0x301000 at 0x300100 u64 0
  > memory 0x301000 u8 0 0 0 0 at 0x301010 u64 0x7ff700000000 at 0x301030 u64 0x500000
  >   at 0x3010e8 u32 6 16 u64 0x302000 at 0x301200 u64 0
  > memory 0x302000 u64 0x500000 0x600000 0x700000 0x800000 0x300000 0xdead0000
  > thread 0x1198 teb=0x300000 rip=0x7ff700001000 rsp=0x10f000
  > nt-heap 0x500000
  > heap-block 24 "hello"
  > heap-block 100 n=2 "xyz"
  > heap-free 0x60
  > heap-lfh 0x30 6 busy=0,1,5 "lfh"
  > heap-large 0x900000 0x80000 "big"
  > heap-segment 0xa00000
  > heap-block 10 "s"
  > nt-heap 0x600000 flags=0x62
  > heap-block 24 "hello"
  > heap-free 0x60
  > heap-block 4 "hell"
  > nt-heap 0x700000 windows7
  > heap-block 24 "hello"
  > memory 0x800000 zero 16 u32 0xddeeddee
  > END
  $ osmodump -q app.dmp -c '!heap'
    # heap              type         flags     reserved committed      busy   blocks
    1 00000000`00500000 NT Heap      00000002     a1000     89000     81180        8
    2 00000000`00600000 NT Heap      00000062     10000      4000        90        2
    3 00000000`00700000 NT Heap      00000002     10000      4000        20        1
    4 00000000`00800000 Segment Heap segment heaps are not walked
    5 00000000`00300000 Unknown      there is no heap: its signature is another
    6 00000000`dead0000 Unknown      it is not in the dump
  $ osmodump -q app.dmp -c '!heap -s'
           Heap     Flags  Reserv  Commit   Large   Free   List   UCR  Large  Fast
                                 (k)     (k)     (k)    (k) length       blocks  heap
  ---------------------------------------------------------------------------------
  00000000`00500000 00000002     644     548     515     29      3     2      1   LFH
  00000000`00600000 00000062      64      16       0     14      2     1      0
  00000000`00700000 00000002      64      16       0     14      1     1      0
  00000000`00800000 segment heaps are not walked
  00000000`00300000 there is no heap: its signature is another
  00000000`dead0000 it is not in the dump
  $ osmodump -q app.dmp -c '!heap -v'
    # heap              type         flags     reserved committed      busy   blocks
    1 00000000`00500000 NT Heap      00000002     a1000     89000     81180        8
    2 00000000`00600000 NT Heap      00000062     10000      4000        90        2
    3 00000000`00700000 NT Heap      00000002     10000      4000        20        1
    4 00000000`00800000 Segment Heap segment heaps are not walked
    5 00000000`00300000 Unknown      there is no heap: its signature is another
    6 00000000`dead0000 Unknown      it is not in the dump
  no damage found
  $ osmodump -q app.dmp -c '!heap -a 500000'
    1 00000000`00500000 NT Heap      00000002     a1000     89000     81180        8
      Segment00 at 0000000000500000 to 0000000000510000 (00004000 bytes committed)
           address: psize . size  flags   state (requested size)
          0000000000500000: 00000 . 00720 [01] - internal
          0000000000500720: 00720 . 00020 [01] - busy (18)
          0000000000500740: 00020 . 00070 [01] - busy (64)
          00000000005007b0: 00070 . 00070 [01] - busy (64)
          0000000000500820: 00070 . 00060 [00] - free
          0000000000500880: 00060 . 00050 [09] - internal
          00000000005008d0: 00050 . 00050 [00] - internal
          0000000000500920: 00050 . 00030 [00] - LFH busy (20)
          0000000000500950: 00030 . 00030 [00] - LFH busy (20)
          0000000000500980: 00030 . 00030 [00] - LFH free
          00000000005009b0: 00030 . 00030 [00] - LFH free
          00000000005009e0: 00030 . 00030 [00] - LFH free
          0000000000500a10: 00030 . 00030 [00] - LFH busy (20)
          0000000000500a40: 00030 . 03580 [00] - free
          0000000000503fc0: 03580 . 00040 [01] - internal
          0000000000504000:      0000c000      - uncommitted bytes.
      Segment01 at 0000000000900000 to 0000000000981000 (00081000 bytes committed), one large block: yes
           address: psize . size  flags   state (requested size)
          0000000000900030: 00000 . 80fd0 [0b] - virtual (80000)
      Segment02 at 0000000000a00000 to 0000000000a10000 (00004000 bytes committed)
           address: psize . size  flags   state (requested size)
          0000000000a00000: 00000 . 00070 [01] - internal
          0000000000a00070: 00070 . 00020 [01] - busy (a)
          0000000000a00090: 00020 . 03f30 [00] - free
          0000000000a03fc0: 03f30 . 00040 [01] - internal
          0000000000a04000:      0000c000      - uncommitted bytes.
  $ osmodump -q app.dmp -c '!heap -h 2; !heap -h 3'
    2 00000000`00600000 NT Heap      00000062     10000      4000        90        2
      Segment00 at 0000000000600000 to 0000000000610000 (00004000 bytes committed)
           address: psize . size  flags   state (requested size)
          0000000000600000: 00000 . 00720 [01] - internal
          0000000000600720: 00720 . 00050 [07] - busy (18)
          0000000000600770: 00050 . 00060 [04] - free
          00000000006007d0: 00060 . 00040 [07] - busy (4)
          0000000000600810: 00040 . 037b0 [04] - free
          0000000000603fc0: 037b0 . 00040 [01] - internal
          0000000000604000:      0000c000      - uncommitted bytes.
    3 00000000`00700000 NT Heap      00000002     10000      4000        20        1
      Segment00 at 0000000000700000 to 0000000000710000 (00004000 bytes committed)
           address: psize . size  flags   state (requested size)
          0000000000700000: 00000 . 00720 [01] - internal
          0000000000700720: 00720 . 00020 [01] - busy (18)
          0000000000700740: 00020 . 03880 [00] - free
          0000000000703fc0: 03880 . 00040 [01] - internal
          0000000000704000:      0000c000      - uncommitted bytes.
  $ osmodump -q app.dmp -c '!heap -x 500728; !heap -x 900040; !heap -x 503ff8; !heap -x 50a000; !heap -x 20'
  Entry              User               Heap               Segment                Size  PrevSize    Unused  Flags
  00000000`00500720  00000000`00500730  00000000`00500000  00000000`00500000        20       720         8  busy
  Entry              User               Heap               Segment                Size  PrevSize    Unused  Flags
  00000000`00900030  00000000`00900040  00000000`00500000  00000000`00900000     80fd0         0       fd0  virtual (address is at +0x0)
  Entry              User               Heap               Segment                Size  PrevSize    Unused  Flags
  00000000`00503fc0  00000000`00503fd0  00000000`00500000  00000000`00500000        40      3580         0  internal
  Entry              User               Heap               Segment                Size  PrevSize    Unused  Flags
  00000000`00504000  00000000`00504010  00000000`00500000  00000000`00500000      c000        40         0  uncommitted
  0x20 is in no block of a heap
  [1]
  $ osmodump -q app.dmp -c '!heap -stat; !heap -stat -h 2'
   heap @ 500000
  group-by: TOTSIZE
      size     #blocks     total     ( %) (percent of total busy bytes)
      80000 1 - 80000  (99.93)
      64 2 - c8  (0.038)
      20 3 - 60  (0.018)
      18 1 - 18  (0.004)
      a 1 - a  (0.001)
   heap @ 600000
  group-by: TOTSIZE
      size     #blocks     total     ( %) (percent of total busy bytes)
      18 1 - 18  (85.71)
      4 1 - 4  (14.28)
   heap @ 700000
  group-by: TOTSIZE
      size     #blocks     total     ( %) (percent of total busy bytes)
      18 1 - 18  (100)
   heap @ 600000
  group-by: TOTSIZE
      size     #blocks     total     ( %) (percent of total busy bytes)
      18 1 - 18  (85.71)
      4 1 - 4  (14.28)
  $ osmodump -q --json app.dmp -c '!heap; !heap -s 1; !heap -s; !heap -x 500741; !heap -stat -h 3'
  {"kind":"nt_heap","index":1,"address":"0x500000","type":"NT Heap","flags":2,"reserved":659456,"committed":561152,"busy":528768,"busy_blocks":8}
  {"kind":"nt_heap","index":2,"address":"0x600000","type":"NT Heap","flags":98,"reserved":65536,"committed":16384,"busy":144,"busy_blocks":2}
  {"kind":"nt_heap","index":3,"address":"0x700000","type":"NT Heap","flags":2,"reserved":65536,"committed":16384,"busy":32,"busy_blocks":1}
  {"kind":"nt_heap","index":4,"address":"0x800000","type":"Segment Heap","trouble":"segment heaps are not walked"}
  {"kind":"nt_heap","index":5,"address":"0x300000","type":"Unknown","trouble":"there is no heap: its signature is another"}
  {"kind":"nt_heap","index":6,"address":"0xdead0000","type":"Unknown","trouble":"it is not in the dump"}
  {"kind":"error","code":"usage","message":"!heap: Extra character error at '1'\nUsage: !heap [-s | -stat | -x ADDRESS | -a HEAP | -v | -l]"}
  !heap: Extra character error at '1'
  Usage: !heap [-s | -stat | -x ADDRESS | -a HEAP | -v | -l]
  {"kind":"nt_heap_summary","address":"0x500000","flags":2,"reserved":644,"committed":548,"virtual_size":515,"free":29,"list_length":3,"uncommitted_ranges":2,"virtual_blocks":1,"front_end":"LFH"}
  {"kind":"nt_heap_summary","address":"0x600000","flags":98,"reserved":64,"committed":16,"virtual_size":0,"free":14,"list_length":2,"uncommitted_ranges":1,"virtual_blocks":0}
  {"kind":"nt_heap_summary","address":"0x700000","flags":2,"reserved":64,"committed":16,"virtual_size":0,"free":14,"list_length":1,"uncommitted_ranges":1,"virtual_blocks":0}
  {"kind":"nt_heap_summary","address":"0x800000","trouble":"segment heaps are not walked"}
  {"kind":"nt_heap_summary","address":"0x300000","trouble":"there is no heap: its signature is another"}
  {"kind":"nt_heap_summary","address":"0xdead0000","trouble":"it is not in the dump"}
  {"kind":"nt_heap_found","entry":"0x500740","user":"0x500750","heap":"0x500000","segment":"0x500000","size":112,"previous":32,"unused":12,"flags":"busy"}
  {"kind":"nt_heap_class","heap":"0x700000","size":24,"n":1,"bytes":24,"percent":100}
  [1]
  $ osmodump -q --json app.dmp -c '!heap -a 600000'
  {"kind":"nt_heap","index":2,"address":"0x600000","type":"NT Heap","flags":98,"reserved":65536,"committed":16384,"busy":144,"busy_blocks":2}
  {"kind":"nt_heap_segment","heap":"0x600000","segment":0,"start":"0x600000","end":"0x610000","committed":16384}
  {"kind":"nt_heap_entry","address":"0x600000","previous":0,"size":1824,"flags":1,"state":"internal"}
  {"kind":"nt_heap_entry","address":"0x600720","previous":1824,"size":80,"flags":7,"state":"busy","requested":24}
  {"kind":"nt_heap_entry","address":"0x600770","previous":80,"size":96,"flags":4,"state":"free"}
  {"kind":"nt_heap_entry","address":"0x6007d0","previous":96,"size":64,"flags":7,"state":"busy","requested":4}
  {"kind":"nt_heap_entry","address":"0x600810","previous":64,"size":14256,"flags":4,"state":"free"}
  {"kind":"nt_heap_entry","address":"0x603fc0","previous":14256,"size":64,"flags":1,"state":"internal"}
  {"kind":"nt_heap_entry","address":"0x604000","size":49152,"state":"uncommitted"}
  $ osmodump -q app.dmp -c '!heap -l'
  !heap: no option '-l' for a Windows dump
  Usage: !heap [-s | -stat | -x ADDRESS | -a HEAP | -v | -l]
  [1]
  $ osmodump -q app.dmp -c '!heap -a 9'
  no heap 0x9: there are 6
  [1]
  $ osmodump -q app.dmp -c '!heap -x'
  Numeric expression missing from ''
  [1]

32 bit:

  $ mkdump - app32.dmp <<'END'
  > minidump x86
  > system windows 10.0.19045 cpus=4
  > misc size=24 pid=0x1100 create=1234560000 user=1 kernel=2
  > module 0x400000 0x10000 C:\demo\app.exe
  > module 0x77000000 0x20000 C:\Windows\System32\ntdll.dll
  > memory 0x300000 u32 0 0x110000 0x100000 at 0x300018 u32 0x300000 at 0x300020 u32 0x1100 0x1198
  >   at 0x300030 u32 0x301000 at 0x300080 u32 0
  > memory 0x301000 u8 0 0 0 0 at 0x301008 u32 0x400000 at 0x301018 u32 0x500000
  >   at 0x301088 u32 1 16 0x302000 at 0x301100 u32 0
  > memory 0x302000 u32 0x500000
  > thread 0x1198 teb=0x300000 eip=0x401000 esp=0x10f000
  > nt-heap 0x500000 flags=0x62
  > heap-block 24 "hello"
  > heap-block 0 "" name=nothing
  > heap-free 0x60
  > nt-heap 0x600000
  > heap-lfh 0x18 40 busy=0,33 "lfh"
  > heap-large 0x900000 0x80000 "big"
  > heap-block 300
  > poke 0x301088 u32 2
  > poke 0x302000 u32 0x500000
  > memory 0x302004 u32 0x600000
  > END
  $ osmodump -q app32.dmp -c '!heap; !heap -v; !heap -a 1; !heap -stat -h 2; !heap -x 900020; !heap -x 6004e0'
    # heap     type         flags     reserved committed      busy   blocks
    1 00500000 NT Heap      00000062     10000      4000        48        2
    2 00600000 NT Heap      00000002     91000     85000     81150        4
    # heap     type         flags     reserved committed      busy   blocks
    1 00500000 NT Heap      00000062     10000      4000        48        2
    2 00600000 NT Heap      00000002     91000     85000     81150        4
  no damage found
    1 00500000 NT Heap      00000062     10000      4000        48        2
      Segment00 at 00500000 to 00510000 (00004000 bytes committed)
           address: psize . size  flags   state (requested size)
          00500000: 00000 . 00498 [01] - internal
          00500498: 00498 . 00030 [07] - busy (18)
          005004c8: 00030 . 00018 [07] - busy (0)
          005004e0: 00018 . 00060 [04] - free
          00500540: 00060 . 03aa0 [04] - free
          00503fe0: 03aa0 . 00020 [01] - internal
          00504000:      0000c000      - uncommitted bytes.
   heap @ 600000
  group-by: TOTSIZE
      size     #blocks     total     ( %) (percent of total busy bytes)
      80000 1 - 80000  (99.93)
      12c 1 - 12c  (0.057)
      10 2 - 20  (0.006)
  Entry     User      Heap      Segment       Size  PrevSize    Unused  Flags
  00900018  00900020  00600000  00900000     80fe8         0       fe8  virtual (address is at +0x0)
  Entry     User      Heap      Segment       Size  PrevSize    Unused  Flags
  006004e0  006004e8  00600000  00600000        30        48         0  internal

Damaged ones. A program wrote on behind its block, over the next one's header:

  $ mkdump - over.dmp <<'END'
  > minidump x64
  > system windows 10.0.19045 cpus=4 vendor=GenuineIntel
  > misc size=24 pid=0x1100 create=1234560000 user=1 kernel=2
  > module 0x7ff700000000 0x10000 C:\demo\app.exe
  > module 0x7ffa00000000 0x20000 C:\Windows\System32\ntdll.dll
  > memory 0x300000 u64 0 0x110000 0x100000 at 0x300030 u64 0x300000 at 0x300040 u64 0x1100 0x1198
  >   at 0x300060 u64 0x301000 at 0x300100 u64 0
  > memory 0x301000 u8 0 0 0 0 at 0x301010 u64 0x7ff700000000 at 0x301030 u64 0x500000
  >   at 0x3010e8 u32 1 16 u64 0x302000 at 0x301200 u64 0
  > memory 0x302000 u64 0x500000
  > thread 0x1198 teb=0x300000 rip=0x7ff700001000 rsp=0x10f000
  > nt-heap 0x500000
  > heap-block 24 "hello" name=first
  > heap-block 24 "world" name=next
  > heap-block 24 "after"
  > poke $first "0123456789abcdef0123456789abcdefXXXXXXXX"
  > END
  $ osmodump -q over.dmp -c '!heap -v; !heap -a 1'
    # heap              type         flags     reserved committed      busy   blocks
    1 00000000`00500000 NT Heap      00000002     10000      4000        40        2
  header: heap 00000000`00500000 block 00000000`00500740
    at 00000000`00500748 found 6665646362613938  "89abcdef"
    written on from the block at 00000000`00500730?
    the header of this block was overwritten: it is none that a heap writes
    1 00000000`00500000 NT Heap      00000002     10000      4000        40        2
      Segment00 at 0000000000500000 to 0000000000510000 (00004000 bytes committed)
           address: psize . size  flags   state (requested size)
          0000000000500000: 00000 . 00720 [01] - internal
          0000000000500720: 00720 . 00020 [01] - busy (18)
          0000000000500740: 00020 . 00020 [00] - broken
          0000000000500760: 00020 . 00020 [01] - busy (18)
          0000000000500780: 00020 . 03840 [00] - free
          0000000000503fc0: 03840 . 00040 [01] - internal
          0000000000504000:      0000c000      - uncommitted bytes.
  $ osmodump -q --json over.dmp -c '!heap -v 1'
  {"kind":"nt_heap_damage","damage":"header","heap":"0x500000","block":"0x500740","place":"0x500748","found":7378413942531504440,"bytes":"3839616263646566","culprit":"0x500730","meaning":"the header of this block was overwritten: it is none that a heap writes"}

Behind a block with a tail pattern; into a block that was freed:

  $ mkdump - tail.dmp <<'END'
  > minidump x64
  > system windows 10.0.19045 cpus=4 vendor=GenuineIntel
  > misc size=24 pid=0x1100 create=1234560000 user=1 kernel=2
  > module 0x7ff700000000 0x10000 C:\demo\app.exe
  > module 0x7ffa00000000 0x20000 C:\Windows\System32\ntdll.dll
  > memory 0x300000 u64 0 0x110000 0x100000 at 0x300030 u64 0x300000 at 0x300040 u64 0x1100 0x1198
  >   at 0x300060 u64 0x301000 at 0x300100 u64 0
  > memory 0x301000 u8 0 0 0 0 at 0x301010 u64 0x7ff700000000 at 0x301030 u64 0x500000
  >   at 0x3010e8 u32 1 16 u64 0x302000 at 0x301200 u64 0
  > memory 0x302000 u64 0x500000
  > thread 0x1198 teb=0x300000 rip=0x7ff700001000 rsp=0x10f000
  > nt-heap 0x500000 flags=0x60
  > heap-block 24 "hello" name=first
  > heap-free 0x80 name=freed
  > heap-block 24 "world"
  > poke $first+24 "!"
  > poke $freed+0x30 u64 0x1234
  > END
  $ osmodump -q tail.dmp -c '!heap -v'
    # heap              type         flags     reserved committed      busy   blocks
    1 00000000`00500000 NT Heap      00000060     10000      4000        a0        2
  overrun: heap 00000000`00500000 block 00000000`00500720
    at 00000000`00500748 found ababab21, expected abababab
    written on from the block at 00000000`00500730?
    the pattern behind the end of the block was overwritten
  write after free: heap 00000000`00500000 block 00000000`00500770
    at 00000000`005007b0 found 1234, expected feeefeee
    a free block was written to: the pattern in it was overwritten, or its last word

Links of free blocks, a size that leads out of the heap, a previous size, a segment, an LFH header:

  $ mkdump - links.dmp <<'END'
  > minidump x64
  > system windows 10.0.19045 cpus=4 vendor=GenuineIntel
  > misc size=24 pid=0x1100 create=1234560000 user=1 kernel=2
  > module 0x7ff700000000 0x10000 C:\demo\app.exe
  > module 0x7ffa00000000 0x20000 C:\Windows\System32\ntdll.dll
  > memory 0x300000 u64 0 0x110000 0x100000 at 0x300030 u64 0x300000 at 0x300040 u64 0x1100 0x1198
  >   at 0x300060 u64 0x301000 at 0x300100 u64 0
  > memory 0x301000 u8 0 0 0 0 at 0x301010 u64 0x7ff700000000 at 0x301030 u64 0x500000
  >   at 0x3010e8 u32 3 16 u64 0x302000 at 0x301200 u64 0
  > memory 0x302000 u64 0x500000 0x600000 0x700000
  > thread 0x1198 teb=0x300000 rip=0x7ff700001000 rsp=0x10f000
  > nt-heap 0x500000 key=0x100000
  > heap-block 24 "hello"
  > heap-free 0x80 name=one
  > heap-block 24 "world"
  > heap-free 0x90 name=two
  > heap-block 24 "world" name=bad
  > poke $one+8 u64 0x4141414141414141
  > poke $two u64 0x500730
  > nt-heap 0x600000
  > heap-lfh 0x30 16 busy=0,1,2 "lfh" name=l
  > poke $l+0x58 u64 0
  > heap-segment 0xa00000
  > poke 0xa00028 u64 0x123
  > nt-heap 0x700000 key=0x100000
  > heap-block 24 "a"
  > heap-block 24 "b" name=wrong
  > heap-block 24 "c"
  > poke $wrong-8 u16 0x7000 u8 0x11 0x71 u16 2 u8 0 8
  > END
  $ osmodump -q links.dmp -c '!heap -v'
    # heap              type         flags     reserved committed      busy   blocks
    1 00000000`00500000 NT Heap      00000002     10000      4000        60        3
    2 00000000`00600000 NT Heap      00000002     10000      4000        90        3
    3 00000000`00700000 NT Heap      00000002     10000      4000        40        2
  link: heap 00000000`00500000 block 00000000`00500740
    at 00000000`00500758 found 4141414141414141  "AAAAAAAA", expected 500150
    the entry's back pointer does not lead to the entry in front of it in the list
  wild link: heap 00000000`00500000 block 00000000`005007e0
    at 00000000`005007f0 found 500730
    the list of free blocks leads to where no free block is
  LFH header: heap 00000000`00600000 block 00000000`00600820
    at 00000000`00600828 found 0
    written on from the block at 00000000`00600800?
    the header of a block of the low fragmentation heap was overwritten
  segment: heap 00000000`00600000
    at 00000000`00600018 found a00018
    the description of the heap's memory contradicts itself
  size: heap 00000000`00700000 block 00000000`00700740
    at 00000000`00700748 found 800000271117000
    written on from the block at 00000000`00700730?
    the size of this block leads out of the committed memory

Memory that is absent is said to be:

  $ mkdump - absent.dmp <<'END'
  > minidump x64
  > system windows 10.0.19045 cpus=4 vendor=GenuineIntel
  > misc size=24 pid=0x1100 create=1234560000 user=1 kernel=2
  > module 0x7ff700000000 0x10000 C:\demo\app.exe
  > module 0x7ffa00000000 0x20000 C:\Windows\System32\ntdll.dll
  > memory 0x300000 u64 0 0x110000 0x100000 at 0x300030 u64 0x300000 at 0x300040 u64 0x1100 0x1198
  >   at 0x300060 u64 0x301000 at 0x300100 u64 0
  > memory 0x301000 u8 0 0 0 0 at 0x301010 u64 0x7ff700000000 at 0x301030 u64 0x500000
  >   at 0x3010e8 u32 2 16 u64 0x302000 at 0x301200 u64 0
  > memory 0x302000 u64 0x500000 0x600000
  > thread 0x1198 teb=0x300000 rip=0x7ff700001000 rsp=0x10f000
  > memory 0x600000 zero 32
  > END
  $ osmodump -q absent.dmp -c '!heap'
    # heap              type         flags     reserved committed      busy   blocks
    1 00000000`00500000 Unknown      it is not in the dump
    2 00000000`00600000 Unknown      there is no heap: its signature is another
  $ mkdump - noheaps.dmp <<'END'
  > minidump x64
  > system windows 10.0.19045 cpus=4 vendor=GenuineIntel
  > module 0x7ff700000000 0x10000 C:\demo\app.exe
  > thread 0x1198 teb=0x300000 rip=0x7ff700001000 rsp=0x10f000
  > END
  $ osmodump -q noheaps.dmp -c '!heap'
  the PEB was not found: no thread's TEB is in the dump
  [1]
