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
    (i32.store8 (local.get $to) (i32.div_s (local.get $count) (i32.const 3))))
  ;; A memory is looked at anew where a call may have grown it, and there alone.
  (func $add (export "add") (param $vector i32) (param $by f32)
    (f32.store (i32.add (i32.add (local.get $vector) (i32.const 4)) (i32.const 8)) (local.get $by))
    (call $scale (local.get $vector) (call $norm (local.get $vector)))
    (f32.store offset=8 (local.get $vector) (local.get $by))
    (call $fill (local.get $vector) (i32.const 9))
    (f32.store offset=4 (local.get $vector) (local.get $by)))
  (func $scale (export "scale") (param $at i32) (param $by f32)
    (local $count i32)
    (local.set $count (i32.const 16))
    (loop $next
      (f32.store (local.get $at) (f32.mul (f32.load (local.get $at)) (local.get $by)))
      (local.set $at (i32.add (local.get $at) (i32.const 4)))
      (br_if $next (local.tee $count (i32.sub (local.get $count) (i32.const 1)))))))
