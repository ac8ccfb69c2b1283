The log, memory and mounts are those of a kernel: in the dump of a process the commands say so

  $ mkdump $RECIPES/elf-gcore.recipe app.dmp
  $ for c in '!dmesg' 'log -l err+ -n 5 usb' '!vm' '!vm -z -p -n 3' '!slab' '!slab -l kmalloc-*' 'kmem -s' '!mount' 'mount -p 1'; do
  >   osmodump -q app.dmp -c "$c"
  > done
  !dmesg works on dumps of a Linux kernel; this is none
  log works on dumps of a Linux kernel; this is none
  !vm works on dumps of a Linux kernel; this is none
  !vm works on dumps of a Linux kernel; this is none
  !slab works on dumps of a Linux kernel; this is none
  !slab works on dumps of a Linux kernel; this is none
  kmem works on dumps of a Linux kernel; this is none
  !mount works on dumps of a Linux kernel; this is none
  mount works on dumps of a Linux kernel; this is none
  [1]
  $ for c in '!dmesg' '!vm' '!slab' 'kmem -i' '!mount'; do
  >   osmodump -q --json app.dmp -c "$c" 2>/dev/null
  > done
  {"kind":"error","code":"unsupported","message":"!dmesg works on dumps of a Linux kernel; this is none"}
  {"kind":"error","code":"unsupported","message":"!vm works on dumps of a Linux kernel; this is none"}
  {"kind":"error","code":"unsupported","message":"!slab works on dumps of a Linux kernel; this is none"}
  {"kind":"error","code":"unsupported","message":"kmem works on dumps of a Linux kernel; this is none"}
  {"kind":"error","code":"unsupported","message":"!mount works on dumps of a Linux kernel; this is none"}
  [1]

Words that they do not understand

  $ for c in '!dmesg -l loud' '!dmesg -l' '!dmesg -q' '!vm -q' '!vm 3' 'kmem' 'kmem -i -s a b' '!slab ff1fc80582280000 3' '!slab -x' '!mount a b'; do
  >   osmodump -q app.dmp -c "$c"
  > done
  !dmesg: no level of the log: 'loud'
  Usage: !dmesg [-c] [-x] [-l level[,level...]|level+] [-n count] [pattern]
  !dmesg: a level is missing
  Usage: !dmesg [-c] [-x] [-l level[,level...]|level+] [-n count] [pattern]
  !dmesg: no such option: '-q'
  Usage: !dmesg [-c] [-x] [-l level[,level...]|level+] [-n count] [pattern]
  !vm: Extra character error at '-q'
  Usage: !vm [-m] [-z] [-p] [-s] [-c] [-n count]
  !vm: Extra character error at '3'
  Usage: !vm [-m] [-z] [-p] [-s] [-c] [-n count]
  kmem: an option or address is missing
  Usage: kmem -i | -s [name] | -V | -z | address
  kmem: Extra character error at 'b'
  Usage: kmem -i | -s [name] | -V | -z | address
  !slab: Extra character error at '3'
  Usage: !slab [-l] [name|address]
  Syntax error: no such option at '-x'
  !mount: Extra character error at 'b'
  Usage: !mount [-p pid] [path|type|source]
  [1]
