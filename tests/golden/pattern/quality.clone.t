Clone dump.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }

  $ snapshot() {
  >   sed -e "s/\"engine\":{\"name\":\"[^\"]*\"/\"engine\":{\"name\":\"$2\"/" -e "s/\"level\":\"[^\"]*\"/\"level\":\"$3\"/" $RECIPES/elf-snapshot.record.json > elf-snapshot.record.json
  >   cp $RECIPES/elf-snapshot.lists.json $RECIPES/elf-snapshot.closing.json $RECIPES/elf-snapshot.recipe .
  >   mkdump elf-snapshot.recipe $1
  > }

It has it: the record of the snapshot names the engine:

  $ snapshot has clone instantaneous
  $ found has quality.clone
  3. Clone dump [quality.clone]: note, 97 % sure
     The memory is that of a clone of the process, which was made while it stood still and never ran.
     - the dump's own record: engine clone: commit charge and cgroup have room for a copy      [vertarget]
     What to do: Memory is of one instant, and can be trusted. Threads and handles are those of the original as far as the tool kept them: a dump of the clone alone has neither its other threads nor their waits.
  

It has it: the TEB is that of another process:

  $ cat > teb.recipe <<'END'
  > minidump x64
  > header time=1700000000 flags=2
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1700000000 user=1 kernel=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x10f000 zero 0x100
  > memory 0x7ff000 zero 0x40 u64 0x1000 0x14 zero 0x10 u64 0x7fe000 zero 0x100
  > thread 0x14 teb=0x7ff000 stack=0x10f000 rsp=0x10f000 rip=0x140001000
  > END
  $ mkdump teb.recipe teb
  $ found teb quality.clone
  2. Clone dump [quality.clone]: note, 85 % sure
     The dump is of a clone: its process is 0x1100, and its threads say that theirs is 0x1000.
     - ClientId of the TEB of thread 0 (tid 0x14); 00000000007ff000 has 0x1000      [!teb 0x7ff000]
     What to do: Memory is of one instant, and can be trusted. Threads and handles are those of the original as far as the tool kept them: a dump of the clone alone has neither its other threads nor their waits.
  

It has it not: a snapshot by another engine:

  $ snapshot hasnot live smeared
  $ found hasnot quality.clone

It nearly has it: the TEB is its own:

  $ cat > nearly.recipe <<'END'
  > minidump x64
  > header time=1700000000 flags=2
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1700000000 user=1 kernel=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x10f000 zero 0x100
  > memory 0x7ff000 zero 0x40 u64 0x1100 0x14 zero 0x10 u64 0x7fe000 zero 0x100
  > thread 0x14 teb=0x7ff000 stack=0x10f000 rsp=0x10f000 rip=0x140001000
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly quality.clone
