Commands about the processes of a kernel

On a core of a process they say what they are for. What they show of kernels is tested on real ones.

  $ mkdump $RECIPES/elf-x64.recipe core
  $ osmodump -q -c '!process 0 0' core
  !process works on dumps of a Linux kernel; this is none
  [1]
  $ osmodump -q -c 'ps' core
  ps works on dumps of a Linux kernel; this is none
  [1]
  $ osmodump -q -c '!thread' core
  !thread works on dumps of a Linux kernel; this is none
  [1]
  $ osmodump -q -c '!vma' core
  !vma works on dumps of a Linux kernel; this is none
  [1]
  $ osmodump -q -c 'vm 1' core
  vm works on dumps of a Linux kernel; this is none
  [1]
  $ osmodump -q -c '.process' core
  .process works on dumps of a Linux kernel; this is none
  [1]
  $ osmodump -q -c 'files' core
  files works on dumps of a Linux kernel; this is none
  [1]
  $ for c in '!process 0 0' ps '!thread' '!vma' .process files; do osmodump -q --json -c "$c" core; done
  {"kind":"error","code":"unsupported","message":"!process works on dumps of a Linux kernel; this is none"}
  !process works on dumps of a Linux kernel; this is none
  {"kind":"error","code":"unsupported","message":"ps works on dumps of a Linux kernel; this is none"}
  ps works on dumps of a Linux kernel; this is none
  {"kind":"error","code":"unsupported","message":"!thread works on dumps of a Linux kernel; this is none"}
  !thread works on dumps of a Linux kernel; this is none
  {"kind":"error","code":"unsupported","message":"!vma works on dumps of a Linux kernel; this is none"}
  !vma works on dumps of a Linux kernel; this is none
  {"kind":"error","code":"unsupported","message":".process works on dumps of a Linux kernel; this is none"}
  .process works on dumps of a Linux kernel; this is none
  {"kind":"error","code":"unsupported","message":"files works on dumps of a Linux kernel; this is none"}
  files works on dumps of a Linux kernel; this is none
  [1]
