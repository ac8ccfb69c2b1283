osmodump extract

  $ mkdump $RECIPES/elf-x64.recipe core
  $ osmodump extract core
  osmodump: which process, and to which file? (--process PID|NAME -o CORE)
  Try 'osmodump extract --help'.
  [2]
  $ osmodump extract --process 1 core
  osmodump: which process, and to which file? (--process PID|NAME -o CORE)
  Try 'osmodump extract --help'.
  [2]
  $ osmodump extract --process 1 -o out core
  core: no kernel was found in it: processes are extracted from dumps of machines
  [1]
  $ osmodump extract --json --process 1 -o out core
  {"kind":"error","code":"unsupported","message":"core: no kernel was found in it: processes are extracted from dumps of machines"}
  core: no kernel was found in it: processes are extracted from dumps of machines
  [1]
  $ osmodump extract --process 1 -o out nothing
  osmodump: nothing: No such file or directory
  [3]
  $ ls
  core
