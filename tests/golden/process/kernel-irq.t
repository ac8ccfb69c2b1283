Interrupts are those of a kernel: in the dump of a process the command says so

  $ mkdump $RECIPES/elf-gcore.recipe app.dmp
  $ osmodump -q app.dmp -c '!irq'
  !irq works on dumps of a Linux kernel; this is none
  [1]
  $ osmodump -q app.dmp -c 'irq -v 4'
  irq works on dumps of a Linux kernel; this is none
  [1]
  $ osmodump -q --json app.dmp -c '!irq' 2>/dev/null
  {"kind":"error","code":"unsupported","message":"!irq works on dumps of a Linux kernel; this is none"}
  [1]

Words that it does not understand

  $ osmodump -q app.dmp -c '!irq 4 5'
  !irq: Extra character error at '5'
  Usage: !irq [-v] [number|label|chip|handler]
  [1]
  $ osmodump -q --json app.dmp -c '!irq -v 4 5' 2>/dev/null
  {"kind":"error","code":"usage","message":"!irq: Extra character error at '5'\nUsage: !irq [-v] [number|label|chip|handler]"}
  [1]
