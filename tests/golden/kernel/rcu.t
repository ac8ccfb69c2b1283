Grace periods are those of a kernel: in the dump of a process the command says so

  $ mkdump $RECIPES/elf-gcore.recipe app.dmp
  $ osmodump -q app.dmp -c '!rcu'
  !rcu works on dumps of a Linux kernel; this is none
  [1]
  $ osmodump -q --json app.dmp -c 'rcu' 2>/dev/null
  {"kind":"error","code":"unsupported","message":"rcu works on dumps of a Linux kernel; this is none"}
  [1]

Words that it does not understand

  $ osmodump -q app.dmp -c '!rcu 1'
  !rcu: Extra character error at '1'
  [1]
