;; --memory bounds --instances one
;; shows functions
;; What a memory that can grow is asked for: its base and size are read again where they may change.
(module
  (import "env" "changed" (func $changed))
  (memory 1 4)
  (data $text "passive")
  (func $widths (export "widths") (param $at i32) (param $value i64) (result i64)
    (i64.store32 offset=8 (local.get $at) (local.get $value))
    (i32.store8 (local.get $at) (i32.const 255))
    (i64.add
      (i64.load8_s (local.get $at))
      (i64.extend_i32_u (i32.load16_u offset=2 (local.get $at)))))
  (func $grow (export "grow") (param $at i32) (result i32)
    (i32.store (local.get $at) (i32.const 1))
    (drop (memory.grow (i32.const 1)))
    (i32.store offset=65536 (local.get $at) (memory.size))
    (call $changed)
    (i32.load (local.get $at)))
  (func $move (export "move") (param $to i32)
    (memory.init $text (local.get $to) (i32.const 0) (i32.const 7))
    (data.drop $text)
    (memory.copy (local.get $to) (i32.const 100) (i32.const 16))
    (memory.fill (i32.const 4) (i32.const 0) (local.get $to)))
  (func $float (export "float") (param $at i32) (result f32)
    (f32.store offset=4 (local.get $at) (f32.load (local.get $at)))
    (f32.load (i32.const 65532))))
