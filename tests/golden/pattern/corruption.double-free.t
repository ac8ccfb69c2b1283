Double free.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ verdict() { osmodump -q $1 -c '!analyze' | sed -n 2p; }

It has it: a tcache list leads back to its head:

  $ mkheap > has.recipe <<'END'
  > a tcache 0x40
  > b tcache 0x40
  > c busy 0x40
  > link a+0x10 b+0x10
  > keep c+0x10
  > END
  $ mkdump has.recipe has
  $ found has corruption.double-free
  1. Double free [corruption.double-free]: problem, 95 % sure
     Double free: the block of 56 bytes at 0x5555000002e0 was freed twice: it is in tcache list 2 twice.
     - the block (tcache); 00005555000002e0      [!heap -x 0x5555000002e0]
     - a link of a free list to a block that is in a free list already; 00005555000002a0 has 0x5550555002e0      [dq 0x5555000002a0 L1]
     What to do: The next two calls of malloc for this size give out the same memory. Find the two owners: run the program under AddressSanitizer or valgrind, which keep the stacks of both calls of free.
  

It has it: a block is in the tcache and in a bin:

  $ mkheap > two.recipe <<'END'
  > a busy 0x40
  > b unsorted 0x400
  > c busy 0x40
  > d tcache 0x400
  > link d+0x10 b+0x10
  > END
  $ mkdump two.recipe two
  $ found two corruption.double-free
  1. Double free [corruption.double-free]: problem, 95 % sure
     Double free: the block of 1016 bytes at 0x5555000002e0 was freed twice: it is in tcache list 62 and in the unsorted bin.
     - the block (tcache); 00005555000002e0      [!heap -x 0x5555000002e0]
     - a link of a free list to a block that is in a free list already; 00007f0000200cd0 has 0x5555000002d0      [dq 0x7f0000200cd0 L1]
     What to do: The next two calls of malloc for this size give out the same memory. Find the two owners: run the program under AddressSanitizer or valgrind, which keep the stacks of both calls of free.
  

It has it not:

  $ mkheap > hasnot.recipe <<'END'
  > a tcache 0x40
  > b tcache 0x40
  > c busy 0x40
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot corruption.double-free

It nearly has it: the list comes back to a block that is not its head, which is no free:

  $ mkheap > nearly.recipe <<'END'
  > a tcache 0x40
  > b tcache 0x40
  > c tcache 0x40
  > d busy 0x40
  > link a+0x10 b+0x10
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly corruption.double-free
  $ verdict nearly
  Heap corruption: tcache list 2 leads back to the block of 56 bytes at 0x5555000002e0, which it went through: the next malloc calls give out blocks that are in use.
