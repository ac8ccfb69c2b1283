Inconsistent dump.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }

  $ snapshot() {
  >   sed -e "s/\"engine\":{\"name\":\"[^\"]*\"/\"engine\":{\"name\":\"$2\"/" -e "s/\"level\":\"[^\"]*\"/\"level\":\"$3\"/" $RECIPES/elf-snapshot.record.json > elf-snapshot.record.json
  >   cp $RECIPES/elf-snapshot.lists.json $RECIPES/elf-snapshot.closing.json $RECIPES/elf-snapshot.recipe .
  >   mkdump elf-snapshot.recipe $1
  > }

It has it: the record of the snapshot says so:

  $ snapshot has live smeared
  $ found has quality.smeared
  3. Inconsistent dump [quality.smeared]: note, 97 % sure
     The dump is smeared: 4 kB in 1 ranges were read while the process went on writing: a device mapping was copied live.
     - the dump's own record, engine live      [vertarget]
     - 0x1000 bytes that were read while the process ran; 0000000000404000      [db 0x404000 L1]
     What to do: A list that ends nowhere, or a lock whose owner waits for nothing, may come of the smear: findings here are less sure for it. Take the snapshot again with an engine that stops the process for an instant (osmodump snap --help).
  

It has it not: all of one instant:

  $ snapshot hasnot clone instantaneous
  $ found hasnot quality.smeared

It nearly has it: what contradicts no order of events is not smeared:

  $ snapshot nearly precopy quasi-instantaneous
  $ found nearly quality.smeared
