Heap overflow.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ verdict() { osmodump -q $1 -c '!analyze' | sed -n 2p; }

It has it: text runs over the end of a block:

  $ mkheap > has.recipe <<'END'
  > a busy 0x40 "GET /index.html?session=0123456789&user=somebody&language=en HTTP/1.1"
  > b busy 0x40
  > c busy 0x40
  > text a+0x10 "GET /index.html?session=0123456789&user=somebody&language=en HTTP/1.1"
  > keep a+0x10
  > END
  $ mkdump has.recipe has
  $ found has corruption.heap-overflow
  1. Heap overflow [corruption.heap-overflow]: problem, 95 % sure
     Heap overflow: the block of 56 bytes at 0x5555000002a0 ran over its end: the text "GET /index.html?session=0123456789&user=somebody&language=en HTTP/1.1" goes on in the header of the block behind it.
     - the block that was written on from (in use); 00005555000002a0      [!heap -x 0x5555000002a0]
     - the text that the block ends with; 00005555000002a0      [db 0x5555000002a0 L0x45]
     - the size of a chunk, which reads "e=en HTT"; 0x41 should be there; 00005555000002d8 has 0x545448206e653d65      [dq 0x5555000002d8 L1]
     What to do: Find who allocates blocks of 56 bytes (or somewhat less) and fills them with this; its bound is wrong. Under AddressSanitizer the program stops at the write itself.
  
  $ osmodump -q has -c '!analyze' | grep -c corruption
  1

It has it: the zero that ends a text is behind the block:

  $ mkheap > one.recipe <<'END'
  > a busy 0x100
  > b busy 0x100
  > c busy 0x100
  > text a+0x10 "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
  > word b+8 0x100
  > keep a+0x10
  > END
  $ mkdump one.recipe one
  $ found one corruption.heap-overflow
  1. Heap overflow [corruption.heap-overflow]: problem, 95 % sure
     Heap overflow: the block of 248 bytes at 0x5555000002a0 was written one byte too far: the zero that ends "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn" is in the header of the block behind it.
     - the block that was written on from (unlisted); 00005555000002a0      [!heap -x 0x5555000002a0]
     - the text that the block ends with; 0000555500000357      [db 0x555500000357 L0x41]
     - the size of the free chunk in front, as the one behind it has it, which reads "nnnnnnnn"; 0x100 should be there; 0000555500000390 has 0x6e6e6e6e6e6e6e6e      [dq 0x555500000390 L1]
     - the size in the header behind the block; 0000555500000398 has 0x100      [dq 0x555500000398 L1]
     What to do: Find who allocates blocks of 248 bytes (or somewhat less) and fills them with this; its bound is wrong. Under AddressSanitizer the program stops at the write itself.
  

It has it: the same number over and over:

  $ mkheap > same.recipe <<'END'
  > a busy 0x40 9 9 9 9 9 9
  > b busy 0x40
  > c busy 0x40
  > word b 0x900000009
  > word b+8 0x900000009
  > END
  $ mkdump same.recipe same
  $ found same corruption.heap-overflow | head -6
  1. Heap overflow [corruption.heap-overflow]: problem, 80 % sure (equal words may be chance)
     Heap overflow: the block of 56 bytes at 0x5555000002a0 ran over its end: the value 0x900000009 that it ends with goes on in the header of the block behind it.
     - the block that was written on from (in use); 00005555000002a0      [!heap -x 0x5555000002a0]
     - the size of a chunk; 0x41 should be there; 00005555000002d8 has 0x900000009      [dq 0x5555000002d8 L1]
     What to do: Find who allocates blocks of 56 bytes (or somewhat less) and fills them with this; its bound is wrong. Under AddressSanitizer the program stops at the write itself.
  

It has it not: text up to the last byte of a block, with its zero:

  $ mkheap > hasnot.recipe <<'END'
  > a busy 0x40
  > b busy 0x40
  > text a+0x10 "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
  > keep a+0x10
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot corruption.heap-overflow

It nearly has it: the header is overwritten, and the block in front ends otherwise:

  $ mkheap > nearly.recipe <<'END'
  > a busy 0x40 1 2 3
  > b busy 0x40
  > c busy 0x40
  > word b+8 0x4141414141414141
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly corruption.heap-overflow
  $ verdict nearly
  Heap corruption: the header of the block at 0x5555000002e0 was overwritten: its size is "AAAAAAAA".
