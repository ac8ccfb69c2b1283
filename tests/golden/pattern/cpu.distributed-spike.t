Distributed spike.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }

It has it: four threads with 20 s each, and two run:

  $ cat > has.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=0xffffffffffffffff user=20
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=0xffffffffffffffff user=20
  > thread 102 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230 user=20
  > thread 103 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230 user=20
  > thread 104 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230 user=1
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump has.recipe has
  $ found has cpu.distributed-spike
  1. Distributed spike [cpu.distributed-spike]: note, 75 % sure
     Distributed spike: 4 threads used 81 s of processor time together, 99 % of the process's, none of them most of it; 2 of them run.
     - the first of them used 20 s, the last 20 s      [!runaway 3]
     - thread 0 (tid 100) used 20 s      [~0k]
     - thread 1 (tid 101) used 20 s      [~1k]
     - thread 2 (tid 102) used 20 s      [~2k]
     - thread 3 (tid 103) used 20 s      [~3k]
     Thresholds: distributed.threads=10 threads, distributed.share=80 percent, distributed.single=30 percent, distributed.seconds=10 seconds
     What to do: Group the threads by equal stacks (!uniqstack) in two dumps: what they have in common is what costs. Compare the processor time between the dumps.
  

It has it not:

  $ cat > hasnot.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=0xffffffffffffffff user=1
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=0xffffffffffffffff user=1
  > thread 102 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230 user=1
  > thread 103 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230 user=1
  > thread 104 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230 user=1
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot cpu.distributed-spike

It nearly has it: one has more than distributed.single; and all wait:

  $ cat > nearly.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=0xffffffffffffffff user=60
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=0xffffffffffffffff user=20
  > thread 102 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230 user=20
  > thread 103 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230 user=20
  > thread 104 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230 user=1
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly cpu.distributed-spike



  $ cat > wait.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230 user=20
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230 user=20
  > thread 102 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230 user=20
  > thread 103 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230 user=20
  > thread 104 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230 user=1
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump wait.recipe wait
  $ found wait cpu.distributed-spike
