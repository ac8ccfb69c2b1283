Looked for in kernels only; kernels that have it and that nearly have it are booted by tests/kernel/findings.py.

It has it not: the dump of a process:

  $ cat > hasnot.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump hasnot.recipe hasnot
  $ osmodump -q hasnot -c '!analyze -v' | grep -c kernel.memory-pressure
  0
  [1]
  $ osmodump -q --json hasnot -c '!pattern kernel.memory-pressure' | grep -o '"id":"[^"]*"\|"needs":.*'
  "id":"kernel.memory-pressure"
  "needs":["a kernel"],"explains":["kernel.out-of-memory","kernel.hung-task","kernel.paged-out"]}
