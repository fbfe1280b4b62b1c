;; --name limited --memory bounds --instances one --memory-limit 4099
;; shows functions
;; A memory of fewer bytes than its page: accesses below 4,099 need no check, its size in pages is a constant, and it never grows.
(module
  (memory (export "memory") 1)
  (func $inside (export "inside") (result i32) (i32.load (i32.const 4095)))
  (func $behind (export "behind") (result i32) (i32.load (i32.const 4096)))
  (func $load (export "load") (param $at i32) (result i64) (i64.load (local.get $at)))
  (func $size (export "size") (result i32) (memory.size))
  (func $grow (export "grow") (param $pages i32) (result i32) (memory.grow (local.get $pages))))
