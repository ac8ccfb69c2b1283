!heap of a program of Wine: its heaps are others, and in a ring

  $ mkdump - app.dmp <<'END'
  > minidump x64
  > system windows 10.0.19043 cpus=4 vendor=GenuineIntel
  > misc size=24 pid=0x1100 create=1234560000 user=1 kernel=2
  > memory 0x300000 u64 0 0x110000 0x100000 at 0x300030 u64 0x300000 at 0x300040 u64 0x1100 0x1198
  >   at 0x300060 u64 0x301000 at 0x300100 u64 0
  > memory 0x301000 u8 0 0 0 0 at 0x301010 u64 0x7ff700000000 at 0x301030 u64 0x500000 at 0x301200 u64 0
  > thread 0x1198 teb=0x300000 rip=0x7ff700001000 rsp=0x10f000
  > wine-heap 0x500000
  > heap-block 24 "hello" name=first
  > heap-block 100 "xyz" name=next
  > heap-free 0x60 name=freed
  > heap-block 24 "after"
  > wine-heap 0x800000 reserve=0x40000
  > heap-block 10 "s"
  > heap-large 0x900000 0x80000 "big"
  > END
  $ osmodump -q app.dmp -c '!heap -v; !heap -s; !heap -a 1; !heap -a 2; !heap -x 900050; !heap -x 500380'
    # heap              type         flags     reserved committed      busy   blocks
    1 00000000`00500000 Wine Heap    00000002    1ffc90      3c90        d0        3
    2 00000000`00800000 Wine Heap    00000002     cfc90     93c90     8fff8        2
  no damage found
           Heap     Flags  Reserv  Commit   Large   Free   List   UCR  Large  Fast
                                 (k)     (k)     (k)    (k) length       blocks  heap
  ---------------------------------------------------------------------------------
  00000000`00500000 00000002    2047      15       0     14      2     1      0
  00000000`00800000 00000002     831     591     575     15      1     1      1
    1 00000000`00500000 Wine Heap    00000002    1ffc90      3c90        d0        3
      Segment00 at 0000000000500368 to 00000000006ffff8 (00003c90 bytes committed)
           address: psize . size  flags   state (requested size)
          0000000000500368: 00000 . 00030 [01] - busy (18)
          0000000000500398: 00030 . 00070 [01] - busy (64)
          0000000000500408: 00070 . 00060 [00] - free
          0000000000500468: 00060 . 00030 [01] - busy (18)
          0000000000500498: 00030 . 03b60 [00] - free
          0000000000503ff8:      001fc000      - uncommitted bytes.
    2 00000000`00800000 Wine Heap    00000002     cfc90     93c90     8fff8        2
      Segment00 at 0000000000800368 to 000000000083fff8 (00003c90 bytes committed)
           address: psize . size  flags   state (requested size)
          0000000000800368: 00000 . 00030 [01] - busy (a)
          0000000000800398: 00030 . 03c60 [00] - free
          0000000000803ff8:      0003c000      - uncommitted bytes.
      Segment01 at 0000000000900000 to 0000000000990000 (00090000 bytes committed), one large block: yes
           address: psize . size  flags   state (requested size)
          0000000000900038: 00000 . 8ffc8 [09] - virtual (80000)
  Entry              User               Heap               Segment                Size  PrevSize    Unused  Flags
  00000000`00900038  00000000`00900040  00000000`00800000  00000000`00900000     8ffc8         0      ffc8  virtual (address is at +0x10)
  Entry              User               Heap               Segment                Size  PrevSize    Unused  Flags
  00000000`00500368  00000000`00500370  00000000`00500000  00000000`00500368        30         0        18  busy (address is at +0x10)
  $ osmodump -q --json app.dmp -c '!heap'
  {"kind":"nt_heap","index":1,"address":"0x500000","type":"Wine Heap","flags":2,"reserved":2096272,"committed":15504,"busy":208,"busy_blocks":3}
  {"kind":"nt_heap","index":2,"address":"0x800000","type":"Wine Heap","flags":2,"reserved":851088,"committed":605328,"busy":589816,"busy_blocks":2}
  $ mkdump - app32.dmp <<'END'
  > minidump x86
  > system windows 10.0.19043 cpus=4
  > misc size=24 pid=0x1100 create=1234560000 user=1 kernel=2
  > memory 0x300000 u32 0 0x110000 0x100000 at 0x300018 u32 0x300000 at 0x300020 u32 0x1100 0x1198
  >   at 0x300030 u32 0x301000 at 0x300080 u32 0
  > memory 0x301000 u8 0 0 0 0 at 0x301008 u32 0x400000 at 0x301018 u32 0x500000 at 0x301100 u32 0
  > thread 0x1198 teb=0x300000 eip=0x401000 esp=0x10f000
  > wine-heap 0x500000
  > heap-block 24 "hello" name=first
  > heap-block 100 "xyz" name=next
  > heap-free 0x60 name=freed
  > heap-block 24 "after"
  > wine-heap 0x800000 reserve=0x40000
  > heap-block 10 "s"
  > heap-large 0x900000 0x80000 "big"
  > END
  $ osmodump -q app32.dmp -c '!heap -v; !heap -a 1; !heap -a 2'
    # heap     type         flags     reserved committed      busy   blocks
    1 00500000 Wine Heap    00000002    1ffd38      3d30        b0        3
    2 00800000 Wine Heap    00000002     cfd38     93d30     90000        2
  no damage found
    1 00500000 Wine Heap    00000002    1ffd38      3d30        b0        3
      Segment00 at 005002c8 to 00700000 (00003d30 bytes committed)
           address: psize . size  flags   state (requested size)
          005002c8: 00000 . 00020 [01] - busy (18)
          005002e8: 00020 . 00070 [01] - busy (64)
          00500358: 00070 . 00060 [00] - free
          005003b8: 00060 . 00020 [01] - busy (18)
          005003d8: 00020 . 03c20 [00] - free
          00503ff8:      001fc008      - uncommitted bytes.
    2 00800000 Wine Heap    00000002     cfd38     93d30     90000        2
      Segment00 at 008002c8 to 00840000 (00003d30 bytes committed)
           address: psize . size  flags   state (requested size)
          008002c8: 00000 . 00018 [01] - busy (a)
          008002e0: 00018 . 03d18 [00] - free
          00803ff8:      0003c008      - uncommitted bytes.
      Segment01 at 00900000 to 00990000 (00090000 bytes committed), one large block: yes
           address: psize . size  flags   state (requested size)
          00900018: 00000 . 8ffe8 [09] - virtual (80000)

A program wrote on behind its block; into a block that was freed, over its links, and at its end:

  $ mkdump - over.dmp <<'END'
  > minidump x64
  > system windows 10.0.19043 cpus=4 vendor=GenuineIntel
  > misc size=24 pid=0x1100 create=1234560000 user=1 kernel=2
  > memory 0x300000 u64 0 0x110000 0x100000 at 0x300030 u64 0x300000 at 0x300040 u64 0x1100 0x1198
  >   at 0x300060 u64 0x301000 at 0x300100 u64 0
  > memory 0x301000 u8 0 0 0 0 at 0x301010 u64 0x7ff700000000 at 0x301030 u64 0x500000 at 0x301200 u64 0
  > thread 0x1198 teb=0x300000 rip=0x7ff700001000 rsp=0x10f000
  > wine-heap 0x500000
  > heap-block 24 "hello" name=first
  > heap-block 100 "xyz" name=next
  > heap-free 0x60 name=freed
  > heap-block 24 "after"
  > wine-heap 0x800000 reserve=0x40000
  > heap-block 10 "s"
  > heap-large 0x900000 0x80000 "big"
  > poke $first "0123456789abcdef0123456789abcdef01234567XXXXXXXX"
  > END
  $ osmodump -q over.dmp -c '!heap -v; !heap -a 1'
    # heap              type         flags     reserved committed      busy   blocks
    1 00000000`00500000 Wine Heap    00000002    1ffc90      3c90        60        2
    2 00000000`00800000 Wine Heap    00000002     cfc90     93c90     8fff8        2
  header: heap 00000000`00500000 block 00000000`00500398
    at 00000000`00500398 found 5858585858585858  "XXXXXXXX"
    written on from the block at 00000000`00500370?
    the header of this block was overwritten: it is none that a heap writes
    1 00000000`00500000 Wine Heap    00000002    1ffc90      3c90        60        2
      Segment00 at 0000000000500368 to 00000000006ffff8 (00003c90 bytes committed)
           address: psize . size  flags   state (requested size)
          0000000000500368: 00000 . 00030 [01] - busy (18)
          0000000000500398: 00030 . 00070 [00] - broken
          0000000000500408: 00070 . 00060 [00] - free
          0000000000500468: 00060 . 00030 [01] - busy (18)
          0000000000500498: 00030 . 03b60 [00] - free
          0000000000503ff8:      001fc000      - uncommitted bytes.
  $ osmodump -q over.dmp -c '!analyze -v' | sed -n '/nt-heap/,/^ *$/p'
  1. Dynamic memory corruption (process heap) [corruption.nt-heap]: problem, 95 % sure
     Heap corruption: in heap 0x500000 the header of the block at 0x5003a0 was overwritten, behind the block of 24 bytes at 0x500370.
     - the header of this block was overwritten: it is none that a heap writes: "XXXXXXXX"; 0000000000500398 has 0x5858585858585858      [dq 0x500398 L1]
     - the block whose user may have written on; 0000000000500370      [!heap -x 0x500370]
     - its contents; 0000000000500370      [db 0x500370 L40]
     What to do: Find who owns the block in front of the damage (!heap -x, its contents) and which of its writes can be too long. Page heap (gflags /p /enable app.exe /full) stops the writer when it happens again.
  
  $ mkdump - freed.dmp <<'END'
  > minidump x64
  > system windows 10.0.19043 cpus=4 vendor=GenuineIntel
  > misc size=24 pid=0x1100 create=1234560000 user=1 kernel=2
  > memory 0x300000 u64 0 0x110000 0x100000 at 0x300030 u64 0x300000 at 0x300040 u64 0x1100 0x1198
  >   at 0x300060 u64 0x301000 at 0x300100 u64 0
  > memory 0x301000 u8 0 0 0 0 at 0x301010 u64 0x7ff700000000 at 0x301030 u64 0x500000 at 0x301200 u64 0
  > thread 0x1198 teb=0x300000 rip=0x7ff700001000 rsp=0x10f000
  > wine-heap 0x500000
  > heap-block 24 "hello" name=first
  > heap-block 100 "xyz" name=next
  > heap-free 0x60 name=freed
  > heap-block 24 "after"
  > wine-heap 0x800000 reserve=0x40000
  > heap-block 10 "s"
  > heap-large 0x900000 0x80000 "big"
  > poke $freed u64 0x500370
  > poke $freed+0x50 u64 0x41
  > END
  $ osmodump -q freed.dmp -c '!heap -v'
    # heap              type         flags     reserved committed      busy   blocks
    1 00000000`00500000 Wine Heap    00000002    1ffc90      3c90        d0        3
    2 00000000`00800000 Wine Heap    00000002     cfc90     93c90     8fff8        2
  link: heap 00000000`00500000 block 00000000`00500408
    at 00000000`00500378 found 0, expected 500410
    the entry's back pointer does not lead to the entry in front of it in the list
  write after free: heap 00000000`00500000 block 00000000`00500408
    at 00000000`00500460 found 41, expected 500408
    a free block was written to: the pattern in it was overwritten, or its last word

A ring that leads nowhere, a size that leads nowhere:

  $ mkdump - ring.dmp <<'END'
  > minidump x64
  > system windows 10.0.19043 cpus=4 vendor=GenuineIntel
  > misc size=24 pid=0x1100 create=1234560000 user=1 kernel=2
  > memory 0x300000 u64 0 0x110000 0x100000 at 0x300030 u64 0x300000 at 0x300040 u64 0x1100 0x1198
  >   at 0x300060 u64 0x301000 at 0x300100 u64 0
  > memory 0x301000 u8 0 0 0 0 at 0x301010 u64 0x7ff700000000 at 0x301030 u64 0x500000 at 0x301200 u64 0
  > thread 0x1198 teb=0x300000 rip=0x7ff700001000 rsp=0x10f000
  > wine-heap 0x500000
  > heap-block 24 "hello" name=first
  > heap-block 100 "xyz" name=next
  > heap-free 0x60 name=freed
  > heap-block 24 "after"
  > wine-heap 0x800000 reserve=0x40000
  > heap-block 10 "s"
  > heap-large 0x900000 0x80000 "big"
  > poke 0x500088 u64 0xdead0000
  > poke 0x800368 u16 0xffff
  > END
  $ osmodump -q ring.dmp -c '!heap -v'
    # heap              type         flags     reserved committed      busy   blocks
    1 00000000`00500000 Wine Heap    00000002         0         0         0        0
    2 00000000`00800000 Wine Heap    00000002     cfc90     93c90     8ffc8        1
  segment: heap 00000000`00500000
    at 00000000`00500088 found dead0000
    the description of the heap's memory contradicts itself
  size: heap 00000000`00800000 block 00000000`00800368
    at 00000000`00800368 found 535500001e00ffff
    the size of this block leads out of the committed memory
