Devices and sockets are those of a kernel: in the dump of a process the command says so

  $ mkdump $RECIPES/elf-gcore.recipe app.dmp
  $ osmodump -q app.dmp -c '!net'
  !net works on dumps of a Linux kernel; this is none
  [1]
  $ osmodump -q app.dmp -c 'net -d'
  net works on dumps of a Linux kernel; this is none
  [1]
  $ osmodump -q --json app.dmp -c '!net -d lo' 2>/dev/null
  {"kind":"error","code":"unsupported","message":"!net works on dumps of a Linux kernel; this is none"}
  [1]

Words that it does not understand

  $ osmodump -q app.dmp -c '!net tcp udp'
  !net: Extra character error at 'udp'
  Usage: !net [-d] [device|protocol|state]
  [1]
