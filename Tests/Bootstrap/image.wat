;; Data in the upper half of a memory, which is known when it is translated.
(module
  (memory (export "memory") 65535)
  (func (export "f") (param i32) (result i32) (i32.load offset=2147483652 (local.get 0)))
  (data (i32.const 0xf0000000) "far")
  (data (i32.const 0x90000000) "a\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00b")
  (data (i32.const 0x7ffffffe) "across the middle"))
