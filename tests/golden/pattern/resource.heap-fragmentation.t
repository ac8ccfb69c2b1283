Heap fragmentation.

  $ found() { osmodump -q $1 -c "!analyze -v $3" | sed -n "/\[$2\]/,/^ *$/p"; }

It has it: free blocks between those in use:

  $ mkheap > has.recipe <<'END'
  > f0 unsorted 0x40000
  > b0 busy 0x1000
  > f1 unsorted 0x40000
  > b1 busy 0x1000
  > f2 unsorted 0x40000
  > b2 busy 0x1000
  > f3 unsorted 0x40000
  > b3 busy 0x1000
  > f4 unsorted 0x40000
  > b4 busy 0x1000
  > f5 unsorted 0x40000
  > b5 busy 0x1000
  > f6 unsorted 0x40000
  > b6 busy 0x1000
  > f7 unsorted 0x40000
  > b7 busy 0x1000
  > END
  $ mkdump has.recipe has
  $ found has resource.heap-fragmentation '-t fragmentation.megabytes=1'
  1. Heap fragmentation [resource.heap-fragmentation]: warning, 80 % sure (it may be a pause between two times of heavy use)
     Heap fragmentation: of 2 MB in the arenas of malloc 2 MB are free, in 8 pieces between blocks in use, so that they do not go back to the system.
     - the arena with most free memory, 2 MB; 00007f0000200c60      [!heap -s]
     - its largest free block, 262144 bytes (unsorted bin); 00005555000002a0      [!heap -x 0x5555000002a0]
     - its last block in use: in front of it nothing goes back (in use); 00005555002072a0      [!heap -x 0x5555002072a0]
     Thresholds: fragmentation.megabytes=1 MB, fragmentation.percent=50 percent
     What to do: 1 MB are whole pages, which malloc_trim(0) gives back. Let blocks that live long come from elsewhere than those that come and go, or from pools by size; fewer arenas (M_ARENA_MAX) when threads are many.
  

It has it not: as much, in use:

  $ mkheap > hasnot.recipe <<'END'
  > 8 busy 0x40000
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot resource.heap-fragmentation '-t fragmentation.megabytes=1'

It nearly has it: as much is free, but of so much that is in use:

  $ mkheap > nearly.recipe <<'END'
  > f0 unsorted 0x40000
  > b0 busy 0x1000
  > f1 unsorted 0x40000
  > b1 busy 0x1000
  > f2 unsorted 0x40000
  > b2 busy 0x1000
  > f3 unsorted 0x40000
  > b3 busy 0x1000
  > f4 unsorted 0x40000
  > b4 busy 0x1000
  > f5 unsorted 0x40000
  > b5 busy 0x1000
  > f6 unsorted 0x40000
  > b6 busy 0x1000
  > f7 unsorted 0x40000
  > b7 busy 0x1000
  > 16 busy 0x40000
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly resource.heap-fragmentation '-t fragmentation.megabytes=1'
