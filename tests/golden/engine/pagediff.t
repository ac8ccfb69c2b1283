!pagediff: modules beside their files.

A program of one page of code, in the file and in a core, where two places were patched: a jump to a function of the
same page, and one into a page of no module.

  $ mkdir bin; python3 - <<'END'
  > import struct
  > head = b'\x7fELF\2\1\1' + bytes(9) + struct.pack('<HHIQQQIHHHHHH', 2, 62, 1, 0x401000, 64, 0, 0, 64, 56, 3, 0, 0, 0)
  > head += struct.pack('<IIQQQQQQ', 1, 4, 0, 0x400000, 0x400000, 0x1000, 0x1000, 0x1000)
  > head += struct.pack('<IIQQQQQQ', 1, 5, 0x1000, 0x401000, 0x401000, 0x1000, 0x1000, 0x1000)
  > head += struct.pack('<IIQQQQQQ', 4, 4, 0x200, 0x400200, 0x400200, 36, 36, 4)
  > head = head.ljust(0x200, b'\0') + struct.pack('<III', 4, 20, 3) + b'GNU\0' + bytes(range(20))
  > code = bytearray((b'\x90' * 15 + b'\xc3') * 256)
  > open('bin/demo', 'wb').write(head.ljust(0x1000, b'\0') + code)
  > open('head', 'wb').write(head.ljust(0x1000, b'\0'))
  > code[0x100:0x105] = b'\xe9' + struct.pack('<i', 0x200 - 0x105)
  > code[0x300:0x30c] = b'\x48\xb8' + struct.pack('<Q', 0x7f0000000000) + b'\xff\xe0'
  > open('patched', 'wb').write(code)
  > END
  $ core() {
  > mkdump - $1 <<END
  > elfcore x64
  > process pid=$2 name=demo
  > thread $2 rip=0x401010 rsp=0x7ffc00000100
  > auxv PAGESZ=4096
  > file 0x400000 0x401000 0 /bin/demo
  > file 0x401000 0x402000 0x1000 /bin/demo
  > memory 0x400000 prot=r file head
  > memory 0x401000 prot=rx file $3
  > memory 0x7f0000000000 prot=rwx fill 0x20 0xc3
  > memory 0x7ffc00000000 prot=rw zero 0x200
  > END
  > }
  $ core patched.core 100 patched
  $ osmodump -q --sysroot . patched.core -c '!pagediff'
  demo                     1 pages differ in 2 places, 8.000 kB compared, 0.000 kB not in the dump; 0 of 0 data pages written
    00000000`00401100     5 bytes  demo+0x1100
        was 90 90 90 90 90
        is  e9 fb 00 00 00
        leads to 00000000`00401200 demo+0x1200
    00000000`00401300    12 bytes  demo+0x1300
        was 90 90 90 90 90 90 90 90-90 90 90 90
        is  48 b8 00 00 00 00 00 7f-00 00 ff e0
        leads to 00007f00`00000000, which is in no module
  $ osmodump -q --sysroot . patched.core -c '!pagediff demo'
  demo                     1 pages differ in 2 places, 8.000 kB compared, 0.000 kB not in the dump; 0 of 0 data pages written
    00000000`00401000  page, code         17 bytes differ  PAGE_EXECUTE_READ
    00000000`00401100     5 bytes  demo+0x1100
        was 90 90 90 90 90
        is  e9 fb 00 00 00
        leads to 00000000`00401200 demo+0x1200
    00000000`00401300    12 bytes  demo+0x1300
        was 90 90 90 90 90 90 90 90-90 90 90 90
        is  48 b8 00 00 00 00 00 7f-00 00 ff e0
        leads to 00007f00`00000000, which is in no module
  $ osmodump -q --sysroot . patched.core --json -c '!pagediff -v 401000'
  {"kind":"module_difference","module":"demo","start":"0x400000","file":"./bin/demo","verified":true,"pages":1,"changes":2,"compared":8192,"absent":0,"data_pages":0,"data_written":0}
  {"kind":"page_difference","address":"0x401000","section":"code","bytes":17,"protect":{"value":32,"names":["PAGE_EXECUTE_READ"]},"module":"demo"}
  {"kind":"byte_difference","address":"0x401100","size":5,"section":"code","symbol":{"module":"demo","offset":4352,"address":"0x401100"},"was":"9090909090","is":"e9fb000000","target":"0x401200","target_symbol":{"module":"demo","offset":4608,"address":"0x401200"},"target_module":"demo","module":"demo"}
  {"kind":"byte_difference","address":"0x401300","size":12,"section":"code","symbol":{"module":"demo","offset":4864,"address":"0x401300"},"was":"909090909090909090909090","is":"48b800000000007f0000ffe0","target":"0x7f0000000000","module":"demo"}

As it should be, and where there is no file:

  $ tail -c 4096 bin/demo > clean; core clean.core 200 clean
  $ osmodump -q --sysroot . clean.core -c '!pagediff demo'
  demo                     0 pages differ in 0 places, 8.000 kB compared, 0.000 kB not in the dump; 0 of 0 data pages written
  $ mkdump $RECIPES/win-x86.recipe win
  $ osmodump -q win -c '!pagediff'
  test_app             no image file for test_app.exe
  $ osmodump -q win -c '!pagediff test_app'
  no image file for test_app.exe
  [1]
  $ osmodump -q win -c '!pagediff nosuch'
  Couldn't resolve error at 'nosuch'
  [1]
  $ osmodump -q win -c '!pagediff 10'
  no module at 0x10
  [1]

Another process of the same set:

  $ cat >two.set.json <<'END'
  > {"type":"osmosis-set","format":1,"tool":{"name":"osmodump","version":"0.1.0"},"set":{"kind":"list"},
  > "consistency":{"level":"instantaneous"},"start":{"seconds":1795692491,"nanoseconds":5},
  > "members":[{"pid":100,"ppid":1,"name":"demo","file":"patched.core"},{"pid":200,"ppid":1,"name":"demo","file":"clean.core"}]}
  > END
  $ osmodump -q --sysroot /nonexistent two.set.json -c '!pagediff -p 1 demo'
  demo                     1 pages differ in 2 places, 8.000 kB compared, 0.000 kB not in the dump; 0 of 0 data pages written
    00000000`00401000  page, code         17 bytes differ  PAGE_EXECUTE_READ
    00000000`00401100     5 bytes  demo+0x1100
        was 90 90 90 90 90
        is  e9 fb 00 00 00
        leads to 00000000`00401200 demo+0x1200
    00000000`00401300    12 bytes  demo+0x1300
        was 90 90 90 90 90 90 90 90-90 90 90 90
        is  48 b8 00 00 00 00 00 7f-00 00 ff e0
        leads to 00007f00`00000000, which is in no module
  $ osmodump -q two.set.json -c '|1s; !pagediff -p 0' --json | head -1
  {"kind":"process","marker":".","index":1,"pid":200,"how":"examine","name":"demo"}
  $ osmodump -q two.set.json -c '!pagediff -p 0'
  process 0 is the present one
  [1]
  $ osmodump -q two.set.json -c '!pagediff -p 2'
  there is no process 2
  [1]
