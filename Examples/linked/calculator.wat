;; Evaluates "3 4 + 5 *", with the stack of another module.
(module $calculator
  (import "stack" "push" (func $push (param i32)))
  (import "stack" "pop" (func $pop (result i32)))
  (import "stack" "apply" (func $apply (param i32)))
  (import "stack" "memory" (memory 1))
  (import "stack" "operators" (table 128 funcref))
  (import "stack" "depth" (global $depth (mut i32)))
  (elem (i32.const 42) $multiply $add)  ;; the codes of * and +

  (func $add (call $push (i32.add (call $pop) (call $pop))))
  (func $multiply (call $push (i32.mul (call $pop) (call $pop))))

  ;; The value of the text from $at on, which ends with a zero.
  (func (export "evaluate") (param $at i32) (result i32)
    (local $character i32)
    (global.set $depth (i32.const 0))
    (block $end
      (loop $next
        (br_if $end (i32.eqz (local.tee $character (i32.load8_u (local.get $at)))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br_if $next (i32.eq (local.get $character) (i32.const 32)))
        (if (i32.lt_u (i32.sub (local.get $character) (i32.const 48)) (i32.const 10))
          (then (call $push (i32.sub (local.get $character) (i32.const 48))))
          (else (call $apply (local.get $character))))
        (br $next)))
    (call $pop)))
