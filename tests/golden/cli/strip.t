osmodump strip

  $ mkdump $RECIPES/win-x86.recipe win
  $ mkdump $RECIPES/elf-x64.recipe core
  $ mkdump $RECIPES/elf-snapshot.recipe snapshot
  $ version() { sed "s/strip [0-9.]*[0-9]/strip V/g"; }

The stacks stay, the rest does not, and the dump says so:

  $ osmodump strip win out
  out: 758 of 2348 bytes are left, 1 of them words of stacks
  1 threads, 0 of them with another stack than before
  $ osmodump -q -c '~*k' win > before; osmodump -q -c '~*k' out | cmp - before && grep -c RetAddr before
  1
  $ osmodump info out | grep -A1 '^Stripped' | version
  Stripped:        by osmodump strip V: zeros may have been data
  Threads:         1
  $ osmodump -q -c 'dd 12f000 L4' win
  0012f000  00401000 00000000 00000000 00000000
  $ osmodump -q -c 'dd 12f000 L4' out
  0012f000  00401000 00000000 00000000 00000000
  $ osmodump info out | sed -n '/^Streams/,$p' | sed 's/  *[0-9a-f]*  *[0-9a-f]*$//' | version
  Streams:
        type  name                                   offset        bytes
           a  CommentStreamA
           3  ThreadListStream
           4  ModuleListStream
           5  MemoryListStream
           6  ExceptionStream
           7  SystemInfoStream
           f  MiscInfoStream
  
  Memory in the file:
    category     ranges             bytes
    stacks            1                72    0.070 kB
  $ strings -n 8 out | version
  c:\test_app.pdb
  GenuineIntel
  osmodump strip V: only what stacks need is left, zeros (on stacks also ones) may have been data

  $ osmodump strip core stripped
  stripped: 501 of 5800 bytes are left, 1 of them words of stacks
  2 threads, 0 of them with another stack than before
  $ osmodump -q -c '~*k; lm' core > before; osmodump -q -c '~*k; lm' stripped | cmp - before && grep -c RetAddr before
  2
  $ osmodump info stripped | grep '^Stripped\|^Command' | version
  Stripped:        by osmodump strip V: zeros may have been data
  $ osmodump info stripped --json | jq -c 'select(.stripped).stripped' | version
  "osmodump strip V"

Of a snapshot's record go what the process and its user wrote:

  $ osmodump strip snapshot plain
  plain: 416 of 39204 bytes are left, 0 of them words of stacks
  2 threads, 0 of them with another stack than before
  $ for f in snapshot plain; do osmodump info $f | grep -i 'command\|comment\|^Stripped' | version; osmodump -q -c '!handle' $f | tail -1; done
  Command line:    demo --fast --with-a-command-line-longer-than-the-79-bytes-that-a-core-has-room-for --end
  Comment:         before the "restart"
  socket         \t1 (esc)
  Stripped:        by osmodump strip V: zeros may have been data
  1 mappings of 1 files. File descriptors are not in a dump.

Compressed, to a pipe, again:

  $ osmodump strip core packed.zst > said; zstd -qdc packed.zst | cmp - stripped
  $ osmodump strip core - | cmp - stripped
  $ osmodump strip packed.zst again > said; osmodump info again | grep -c Stripped
  1
  $ osmodump strip --json core stripped --force | jq -c 'del(.written)'
  {"kind":"stripped","path":"stripped","size":5800,"kept":501,"unpacked":5800,"stack_words":1,"threads":2,"frames":3,"changed":0}

Files are for their owner only and do not replace others:

  $ stat -c %a stripped
  600
  $ osmodump strip core stripped
  osmodump: stripped: File exists
  [1]

What cannot be stripped:

  $ mkdump $RECIPES/elf-vmcore.recipe vmcore; osmodump strip vmcore no
  osmodump: vmcore: a kernel's dump cannot be stripped: what its stacks need is spread over all of its memory
  [1]
  $ mkdump $RECIPES/userdump64.recipe user; osmodump strip user no
  osmodump: user: a dump of the kind 'userdump' cannot be stripped
  [1]
  $ head -c 1200 win > cut; osmodump strip cut no
  osmodump: cut: ExceptionStream at offset 0x754: 168 bytes expected, 0 left in the file
  [1]
  $ osmodump strip core
  osmodump: the dump and the file to write, please
  [2]
  $ osmodump strip nosuch no
  osmodump: nosuch: No such file or directory
  [3]
  $ ls no
  ls: cannot access 'no': No such file or directory
  [2]
