Physical memory is that of a machine: in the dump of a process the command says so

  $ mkdump $RECIPES/elf-gcore.recipe app.dmp
  $ osmodump -q app.dmp -c 's -p -a 0 L?1000 "x"'
  s works on dumps of a Linux kernel; this is none
  [1]
  $ osmodump -q app.dmp -c 's -d /p 0 L?1000 1'
  s works on dumps of a Linux kernel; this is none
  [1]
  $ osmodump -q --json app.dmp -c 's -p 0 L1 0' 2>/dev/null
  {"kind":"error","code":"unsupported","message":"s works on dumps of a Linux kernel; this is none"}
  [1]
