Spiking thread.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ verdict() { osmodump -q $1 -c '!analyze' | sed -n 2p; }

It has it: 60 s of 61, and it runs:

  $ cat > has.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230 user=1
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=0xffffffffffffffff user=55 system=5
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump has.recipe has
  $ found has cpu.spiking-thread
  1. Spiking thread [cpu.spiking-thread]: warning, 80 % sure
     Spiking thread: thread 1 (tid 101) used 60 s of processor time, 98 % of what the threads used, and runs.
     - it used 60 s, all threads 61 s      [!runaway 3]
     - what it does      [~1k]
     Thresholds: spike.share=50 percent, spike.seconds=10 seconds
     What to do: Look at its stack in two dumps: where the frames are the same, there is the loop; what changes below tells its progress.
  

  $ verdict has
  Spiking thread: thread 1 (tid 101) used 60 s of processor time, 98 % of what the threads used, and runs.

It has it not: little time was used:

  $ cat > hasnot.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230 user=1
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=0xffffffffffffffff user=2
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot cpu.spiking-thread
  $ verdict hasnot
  No problem was recognised. Manual dump: it states no exception and no signal; nothing had failed in the process itself.

It nearly has it: the thread that used the time waits now; and a time below spike.seconds, until that is lowered:

  $ cat > nearly.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=0xffffffffffffffff user=1
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230 user=55 system=5
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly cpu.spiking-thread
  $ verdict nearly
  No problem was recognised. Manual dump: it states no exception and no signal; nothing had failed in the process itself.
  $ cat > short.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230 user=1
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=0xffffffffffffffff user=9
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump short.recipe short
  $ found short cpu.spiking-thread
  $ osmodump -q short -c '!analyze -t spike.seconds=9' | grep '^1'
  1. Spiking thread [cpu.spiking-thread]: warning, 80 % sure

