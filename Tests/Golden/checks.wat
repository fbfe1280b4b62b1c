;; --memory bounds --instances one
;; shows functions
;; Bounds checks: one for several accesses, none for what lies below the initial size.
(module
  (memory 1 4)
  (data (i32.const 16) "apus")
  (func $norm (export "norm") (param $vector i32) (result f32)
    (f32.sqrt
      (f32.add
        (f32.mul (f32.load (local.get $vector)) (f32.load (local.get $vector)))
        (f32.mul (f32.load offset=4 (local.get $vector)) (f32.load offset=4 (local.get $vector))))))
  (func $known (export "known") (result i64)
    (i64.load8_s (i32.const 16)))
  (func $fill (export "fill") (param $to i32) (param $count i32)
    (drop (memory.grow (i32.const 1)))
    (memory.fill (local.get $to) (i32.const 255) (local.get $count))
    (i32.store8 (local.get $to) (i32.div_s (local.get $count) (i32.const 3)))))
