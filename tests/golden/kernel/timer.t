Timers are those of a kernel: in the dump of a process the command says so

  $ mkdump $RECIPES/elf-gcore.recipe app.dmp
  $ osmodump -q app.dmp -c '!timer'
  !timer works on dumps of a Linux kernel; this is none
  [1]
  $ osmodump -q app.dmp -c 'timer -r 1'
  timer works on dumps of a Linux kernel; this is none
  [1]
  $ osmodump -q --json app.dmp -c '!timer' 2>/dev/null
  {"kind":"error","code":"unsupported","message":"!timer works on dumps of a Linux kernel; this is none"}
  [1]

Words that it does not understand

  $ osmodump -q app.dmp -c '!timer -w 1 2'
  !timer: Extra character error at '2'
  Usage: !timer [-w|-r] [cpu|function]
  [1]
