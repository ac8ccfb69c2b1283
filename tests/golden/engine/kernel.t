What is of kernels only says so in the dump of a process

  $ mkdump $RECIPES/elf-gcore.recipe app.dmp
  $ osmodump -q app.dmp -c '!vtop 0x1000'
  !vtop works on dumps of a Linux kernel; this is none
  [1]
  $ osmodump -q app.dmp -c 'dd /p 0x1000'
  dd works on dumps of a Linux kernel; this is none
  [1]
  $ osmodump -q --json app.dmp -c '!pte 0x1000'
  {"kind":"error","code":"unsupported","message":"!pte works on dumps of a Linux kernel; this is none"}
  !pte works on dumps of a Linux kernel; this is none
  [1]
