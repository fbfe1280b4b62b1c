;; --fuel --interruptible --instances one --memory bounds --no-names
;; shows functions
(module
  (memory 1)
  (func $sum (export "sum") (param $n i32) (result i32) (local $sum i32)
    (loop $next
      (if (i32.and (local.get $n) (i32.const 1)) (then (return (local.get $sum))))
      (local.set $sum (i32.add (local.get $sum) (i32.load (local.get $n))))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 4)))))
    (i32.add (local.get $sum) (i32.const 1)))
  (func $calls (export "calls") (param $n i32) (result i32)
    (block $b
      (br_if $b (i32.eqz (local.get $n)))
      (drop (call $sum (local.get $n))))
    (i32.add (call $sum (i32.const 1)) (call $sum (i32.const 2))))
  (func $again (export "again") (param $n i32)
    (if (local.get $n) (then (return_call $again (i32.sub (local.get $n) (i32.const 1))))))
  (func (export "bulk") (param $n i32) (result i32)
    (memory.fill (i32.const 0) (i32.const 1) (local.get $n))
    (memory.grow (local.get $n))))
