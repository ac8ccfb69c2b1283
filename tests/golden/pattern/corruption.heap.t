Heap corruption.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ verdict() { osmodump -q $1 -c '!analyze' | sed -n 2p; }

It has it: the link of a block in a tcache was written over, with text, after the free:

  $ mkheap > has.recipe <<'END'
  > a busy 0x40 "in use"
  > b tcache 0x40
  > c tcache 0x40
  > text c+0x10 "state: closed"
  > keep a+0x10
  > END
  $ mkdump has.recipe has
  $ found has corruption.heap
  1. Heap corruption [corruption.heap]: problem, 95 % sure
     Heap corruption: the block of 56 bytes at 0x555500000320 was written to after it was freed: its link in tcache list 2 is "state: c", which leads to no block.
     - a link of a free list that leads to no chunk, which reads "state: c"; 0000555500000320 has 0x63203a6574617473      [dq 0x555500000320 L1]
     - all that is damaged, places: 1      [!heap -v]
     What to do: Look at the damaged bytes: text, a known structure or a pointer tell who wrote them. Run the program under AddressSanitizer or valgrind, which stop at the write itself.
  

It has it: a header was written over, but not with what the block in front of it ends with:

  $ mkheap > size.recipe <<'END'
  > a busy 0x40 1 2 3 4 5
  > b busy 0x40 7
  > c busy 0x40 8
  > word b+8 0x1000000001
  > keep a+0x10
  > END
  $ mkdump size.recipe size
  $ found size corruption.heap | head -5
  1. Heap corruption [corruption.heap]: problem, 95 % sure
     Heap corruption: the header of the block at 0x5555000002e0 was overwritten: its size is 0x1000000001.
     - the size of a chunk; 0x41 should be there; 00005555000002d8 has 0x1000000001      [dq 0x5555000002d8 L1]
     - the last whole block in front of it, whose memory ends there: 56 bytes; what it holds does not go on in the header (in use); 00005555000002a0      [!heap -x 0x5555000002a0]
     - all that is damaged, places: 1      [!heap -v]

It has it: a list leads back into itself, the size of top is all ones:

  $ mkheap > loop.recipe <<'END'
  > a tcache 0x40
  > b tcache 0x40
  > c tcache 0x40
  > d busy 0x40
  > link a+0x10 b+0x10
  > word top+8 -1
  > locked
  > END
  $ mkdump loop.recipe loop
  $ found loop corruption.heap | head -3
  1. Heap corruption [corruption.heap]: problem, 95 % sure
     Heap corruption: tcache list 2 leads back to the block of 56 bytes at 0x5555000002e0, which it went through: the next malloc calls give out blocks that are in use.
     - a link of a free list that leads back into it; 00005555000002a0 has 0x5550555002e0      [dq 0x5555000002a0 L1]

It has it, and the process failed in the check that found it: the abort follows from it:

  $ mkheap > abort.recipe <<'END'
  > a busy 0x40 1
  > b unsorted 0x420
  > c busy 0x40 1
  > word b+0x18 0x4141414141414141
  > ! thread 4711 signal=6 rip=0x401000 rsp=0x7ffc00000000 fs_base=0x7f0000001700
  > ! siginfo 6 -6 pid=4711
  > END
  $ mkdump abort.recipe abort
  $ osmodump -q abort -c '!analyze' | grep -v '^$'
  Heap corruption: the block of 1048 bytes at 0x5555000002e0 was written to after it was freed: its link in the unsorted bin is "AAAAAAAA".
  1. Heap corruption [corruption.heap]: problem, 85 % sure (one header or link contradicts the others)
     Heap corruption: the block of 1048 bytes at 0x5555000002e0 was written to after it was freed: its link in the unsorted bin is "AAAAAAAA".
     2. Abort, failed assertion [exception.abort]: problem, 88 % sure, follows from 1
        The program ended itself: thread 0 (tid 4711) called abort.
  3. Writer of the dump [quality.tool]: note, 75 % sure
     The dump was written by the kernel.
  !analyze -v shows the evidence, !explain N how to follow a finding.

It has it not: the same blocks, whole:

  $ mkheap > hasnot.recipe <<'END'
  > a busy 0x40 "in use"
  > b tcache 0x40
  > c tcache 0x40
  > d unsorted 0x420
  > e busy 0x30
  > keep a+0x10
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot corruption.heap

It nearly has it: the link of a bin does not lead back, but a thread was at work in that arena:

  $ mkheap > nearly.recipe <<'END'
  > a busy 0x40 1
  > b unsorted 0x420
  > c busy 0x40 1
  > word b+0x18 0x4141414141414141
  > locked
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly corruption.heap
  2. Heap corruption [corruption.heap]: not decidable
     Whether the heap is damaged: it contradicts itself (link), but a thread was at work in the allocator.
     - a link of a free list that does not lead back, which reads "AAAAAAAA"; 0x7f0000200cc0 should be there; 00005555000002e8 has 0x4141414141414141      [dq 0x5555000002e8 L1]
     - all contradictions, places: 1      [!heap -v]
  
  $ verdict nearly
  No problem was recognised. Not decidable: Whether the heap is damaged: it contradicts itself (link), but a thread was at work in the allocator.

It nearly has it: the same header damage, in a dump whose memory is not of one instant:

  $ mkheap > smeared.recipe <<'END'
  > a busy 0x40 1 2 3 4 5
  > b busy 0x40 7
  > c busy 0x40 8
  > word b+8 0x1000000001
  > ! note OSMOSIS 0x4f534d01 "{\"format\":1,\"tool\":{\"name\":\"osmodump snap\",\"version\":\"0\"},\"consistency\":{\"level\":\"smeared\"}}"
  > END
  $ mkdump smeared.recipe smeared
  $ found smeared corruption.heap
  4. Heap corruption [corruption.heap]: not decidable
     Whether the heap is damaged: it contradicts itself (size), but the dump is smeared: its memory is not of one instant.
     - the size of a chunk; 0x41 should be there; 00005555000002d8 has 0x1000000001      [dq 0x5555000002d8 L1]
     - all contradictions, places: 1      [!heap -v]
  
