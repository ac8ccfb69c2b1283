Work queues are those of a kernel: in the dump of a process the command says so

  $ mkdump $RECIPES/elf-gcore.recipe app.dmp
  $ osmodump -q app.dmp -c '!workqueue'
  !workqueue works on dumps of a Linux kernel; this is none
  [1]
  $ osmodump -q --json app.dmp -c '!workqueue -a' 2>/dev/null
  {"kind":"error","code":"unsupported","message":"!workqueue works on dumps of a Linux kernel; this is none"}
  [1]

Words that it does not understand

  $ osmodump -q app.dmp -c '!workqueue 4'
  !workqueue: Extra character error at '4'
  Usage: !workqueue [-a]
  [1]
  $ osmodump -q --json app.dmp -c '!workqueue -a 4' 2>/dev/null
  {"kind":"error","code":"usage","message":"!workqueue: Extra character error at '4'\nUsage: !workqueue [-a]"}
  [1]
