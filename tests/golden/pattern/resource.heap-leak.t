Memory leak (process heap).

  $ found() { osmodump -q $1 -c "!analyze -v $3" | sed -n "/\[$2\]/,/^ *$/p"; }

It has it: 20000 blocks that nothing points to:

  $ mkheap > has.recipe <<'END'
  > a busy 0x40 1
  > keep a+0x10
  > b busy 0x40 "order of a customer"
  > 20000 busy 0x40 7
  > END
  $ mkdump has.recipe has
  $ found has resource.heap-leak '-t heap-leak.lost=1'
  1. Memory leak (process heap) [resource.heap-leak]: warning, 85 % sure (pointers that a program hides, packs or leaves in other processes are not seen)
     Heap leak: 20001 blocks of 64 bytes are in use, but nothing points to them any more; with all that are lost, 20001 blocks, 1 MB of 1 MB that are in use.
     - one of 20001 blocks of 64 bytes that nothing points to; 00005555000002e0      [dps 0x5555000002e0 L4]
     - text in it: "order of a customer"; 00005555000002e0      [db 0x5555000002e0 L0x13]
     - all lost blocks by size and kind, groups: 1      [!heap -l]
     Thresholds: heap-leak.lost=1 MB, heap-leak.lost-percent=5 percent, heap-leak.blocks=10000 blocks, heap-leak.percent=40 percent, heap-leak.share=50 percent, heap-leak.megabytes=128 MB
     What to do: Look into a few of the blocks: text, a vtable or a known structure tell who makes them. Compare two dumps: what grows leaks. heaptrack or valgrind name the stack of each allocation.
  

It has it: few and large ones, and one that only they point to:

  $ mkheap > objects.recipe <<'END'
  > a busy 0x20010
  > b busy 0x20010 0x401010 a+0x10
  > 8 busy 0x20010 0x401010
  > END
  $ mkdump objects.recipe objects
  $ found objects resource.heap-leak '-t heap-leak.lost=1'
  1. Memory leak (process heap) [resource.heap-leak]: warning, 85 % sure (pointers that a program hides, packs or leaves in other processes are not seen)
     Heap leak: 9 blocks of 131088 bytes are in use, but nothing points to them any more; with all that are lost, 10 blocks, 1 MB of 1 MB that are in use.
     - one of 9 blocks of 131088 bytes that nothing points to; 00005555000202b0      [dps 0x5555000202b0 L4]
     - one of 1 blocks of 131088 bytes that only lost blocks point to; 00005555000002a0      [dps 0x5555000002a0 L4]
     - all lost blocks by size and kind, groups: 2      [!heap -l]
     Thresholds: heap-leak.lost=1 MB, heap-leak.lost-percent=5 percent, heap-leak.blocks=10000 blocks, heap-leak.percent=40 percent, heap-leak.share=50 percent, heap-leak.megabytes=128 MB
     What to do: Look into a few of the blocks: text, a vtable or a known structure tell who makes them. Compare two dumps: what grows leaks. heaptrack or valgrind name the stack of each allocation.
  

It has it: one size, all in use by way of a list:

  $ mkheap > class.recipe <<'END'
  > 20000 busy 0x40 heap+0x2e0
  > a busy 0x40
  > keep heap+0x2a0
  > END
  $ mkdump class.recipe class
  $ found class resource.heap-leak '-t heap-leak.blocks=20000 -t heap-leak.megabytes=1'
  1. Memory leak (process heap) [resource.heap-leak]: warning, 60 % sure (a cache or table that is as large as it should be looks the same)
     Heap leak: 20001 blocks of 64 bytes are in use, 100 % of all blocks and 1 MB of 1 MB of private memory.
     - one of them; 0000555500138260      [dps 0x555500138260 L4]
     - how many there are of each size; 0x4e21      [!heap -stat]
     Thresholds: heap-leak.lost=4 MB, heap-leak.lost-percent=5 percent, heap-leak.blocks=20000 blocks, heap-leak.percent=40 percent, heap-leak.share=50 percent, heap-leak.megabytes=1 MB
     What to do: Look into a few of the blocks: text, a vtable or a known structure tell who makes them. Compare two dumps: what grows leaks. heaptrack or valgrind name the stack of each allocation.
  

It has it not: few blocks, all held:

  $ mkheap > hasnot.recipe <<'END'
  > a busy 0x40 1
  > keep a+0x10
  > b busy 0x40 1
  > root b+0x10
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot resource.heap-leak '-t heap-leak.lost=1'

It nearly has it: as many bytes, which registers, data and other blocks point to:

  $ mkheap > nearly.recipe <<'END'
  > a busy 0x100010
  > b busy 0x100010
  > c busy 0x100010
  > word b+0x10 c+0x10
  > keep a+0x10
  > ! thread 4711 rip=0x401010 rsp={stack} fs_base=0x7f0000001700 rbx={b+0x10}
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly resource.heap-leak '-t heap-leak.lost=1'

It is not decidable: much of the memory that may hold pointers is not in the dump:

  $ mkheap > large.recipe <<'END'
  > a busy 0x100010
  > b busy 0x100010
  > ! memory 0x700000000000 prot=rw size=0x800000 u64 1
  > END
  $ mkdump large.recipe large
  $ found large resource.heap-leak '-t heap-leak.lost=1'
  3. Memory leak (process heap) [resource.heap-leak]: not decidable
     Whether blocks of the heap are lost: nothing that is in the dump points to 2 MB, but 7 MB that may hold pointers are not in it.
  
