;; --instances one --memory bounds
;; shows code
;; A table that never changes is an array of code for each type that is called.
(module
  (type $unary (func (param i32) (result i32)))
  (type $nullary (func (result i32)))
  (table 6 funcref)
  (elem (i32.const 1) func $double $seven $next)
  (func $double (type $unary) (i32.mul (local.get 0) (i32.const 2)))
  (func $seven (type $nullary) (i32.const 7))
  (func $next (type $unary) (i32.add (local.get 0) (i32.const 1)))
  (func (export "with") (param $which i32) (param $x i32) (result i32)
    (call_indirect (type $unary) (local.get $x) (local.get $which)))
  (func (export "without") (param $which i32) (result i32)
    (call_indirect (type $nullary) (local.get $which))))
