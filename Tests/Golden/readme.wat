;; --memory bounds --instances one
;; shows functions
(module
  (memory (export "memory") 1)
  (func $sum (export "sum") (param $words i32) (param $count i32) (result i32)
    (local $total i32)
    (loop $next
      (local.set $total (i32.add (local.get $total) (i32.load (local.get $words))))
      (local.set $words (i32.add (local.get $words) (i32.const 4)))
      (br_if $next (local.tee $count (i32.sub (local.get $count) (i32.const 1)))))
    (local.get $total)))
