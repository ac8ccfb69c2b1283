Block devices are those of a kernel: in the dump of a process the command says so

  $ mkdump $RECIPES/elf-gcore.recipe app.dmp
  $ osmodump -q app.dmp -c '!block'
  !block works on dumps of a Linux kernel; this is none
  [1]
  $ osmodump -q app.dmp -c 'diskstats vda'
  diskstats works on dumps of a Linux kernel; this is none
  [1]
  $ osmodump -q --json app.dmp -c '!block -a' 2>/dev/null
  {"kind":"error","code":"unsupported","message":"!block works on dumps of a Linux kernel; this is none"}
  [1]

Words that it does not understand

  $ osmodump -q app.dmp -c '!block vda vdb'
  !block: Extra character error at 'vdb'
  Usage: !block [-a] [device]
  [1]
