Manual, forced and live dumps.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ verdict() { osmodump -q $1 -c '!analyze' | sed -n 2p; }

It has it: no exception and no signal; a signal of another process:

  $ cat > has.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump has.recipe has
  $ found has quality.requested
  1. Manual, forced or live dump [quality.requested]: note, 90 % sure
     Manual dump: it states no exception and no signal; nothing had failed in the process itself.
     - what made the dump be written      [.lastevent]
     What to do: There is no crash to explain. Look at waits and processor times; take a second dump a little later to tell what stands still from what moves.
  

  $ cat > sent.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=6 rip=0x401000 rsp=0x7ffc00001000
  > siginfo 6 0 pid=99 uid=0
  > file 0x400000 0x403000 0 /usr/bin/absent
  > memory 0x401000 prot=rx hex 90 zero 0x10
  > memory 0x402000 prot=r zero 0x100
  > memory 0x403000 prot=rw hex 90 zero 0x100
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump sent.recipe sent
  $ verdict sent
  No problem was recognised. Forced dump: process 99 sent SIGABRT; nothing had failed in the process itself.

It has it: a snapshot, which says so:

  $ mkdump $RECIPES/elf-snapshot.recipe live
  $ found live quality.requested
  1. Manual, forced or live dump [quality.requested]: note, 99 % sure
     Live dump: a snapshot of a process that lived on, quasi-instantaneous, taken for: cpu above 90 % for 10 s.
     - the dump's own record: osmodump snap 0.1.0 by clone: a device mapping was copied live      [vertarget]
     What to do: There is no crash to explain. Look at waits and processor times; take a second dump a little later to tell what stands still from what moves.
  


It has it not: a fault:

  $ cat > hasnot.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=11 rip=0x401000 rsp=0x7ffc00001000 rax=0
  > siginfo 11 1 addr=0
  > memory 0x401000 prot=rx hex c70001000000 zero 0x10
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot quality.requested
  $ verdict hasnot
  SIGSEGV: thread 0 (tid 4711) wrote to a null pointer (0x0).

It nearly has it: SIGABRT that the process sent itself:

  $ cat > nearly.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=6 rip=0x401000 rsp=0x7ffc00001000
  > siginfo 6 -6 pid=4711 uid=0
  > memory 0x401000 prot=rx zero 0x10
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly quality.requested
  $ verdict nearly
  The program ended itself: thread 0 (tid 4711) called abort.
