;; A stack of numbers and the operators that work on it. It knows no operator:
;; those are put into its table from outside.
(module $stack
  (memory (export "memory") 1 1)
  (table (export "operators") 128 funcref)
  (global $depth (export "depth") (mut i32) (i32.const 0))
  (type $operator (func))

  (func (export "push") (param $value i32)
    (i32.store (i32.mul (global.get $depth) (i32.const 4)) (local.get $value))
    (global.set $depth (i32.add (global.get $depth) (i32.const 1))))

  (func (export "pop") (result i32)
    (global.set $depth (i32.sub (global.get $depth) (i32.const 1)))
    (i32.load (i32.mul (global.get $depth) (i32.const 4))))

  ;; Calls the operator of a character.
  (func (export "apply") (param $character i32)
    (call_indirect (type $operator) (local.get $character))))
