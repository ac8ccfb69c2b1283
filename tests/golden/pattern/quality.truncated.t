Truncated dump.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ verdict() { osmodump -q $1 -c '!analyze' | sed -n 2p; }

It has it: a core that was cut off in its memory:

  $ { cat <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x600000 prot=rw fill 0x4000 0x41
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > truncate -0x2000
  > END
  > } > has.recipe
  $ mkdump has.recipe has
  $ found has quality.truncated
  1. Truncated or damaged dump [quality.truncated]: problem, 98 % sure
     The dump file is truncated: it ends before what it announces; the stacks of 0 of 1 threads are there.
     - the file has 10068 bytes      [.dumpdebug]
     Thresholds: truncated.stacks=90 percent
     Not read: has: the file ends at 0x2754: 8192 bytes of memory in 2 of 3 segments are missing, as when a size limit or a full disk cuts a core off
     What to do: Take the dump again where there is room for it, or copy the file again and compare sizes. What this dump still has is shown as far as it goes; absent memory is ??.
  

  $ verdict has
  The dump file is truncated: it ends before what it announces; the stacks of 0 of 1 threads are there.

It has it not:

  $ cat > hasnot.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x600000 prot=rw fill 0x4000 0x41
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot quality.truncated
  $ verdict hasnot
  No problem was recognised. Manual dump: it states no exception and no signal; nothing had failed in the process itself.

It nearly has it: memory that was left out on purpose:

  $ cat > nearly.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230
  > hole 0x600000 0x4000 prot=r
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly quality.truncated
  $ verdict nearly
  No problem was recognised. The dump is partial: it has 1 kB of memory of the 16 kB that it lists, and the stacks of 1 of 1 threads.

