;; --memory bounds --instances many
;; shows header code
;; A struct for each instance: imports, a table, several results, data, a start function.
(module
  (type $binary (func (param i32 i32) (result i32)))
  (import "env" "put" (func $put (param i32)))
  (import "env" "memory" (memory 1))
  (global $calls (mut i32) (i32.const 0))
  (table $operations (export "operations") 2 funcref)
  (elem (i32.const 0) $add $subtract)
  (data (i32.const 8) "hello\00\001")
  (func $add (type $binary) (i32.add (local.get 0) (local.get 1)))
  (func $subtract (type $binary) (i32.sub (local.get 0) (local.get 1)))
  (func $apply (export "apply") (param $operation i32) (param $x i32) (param $y i32) (result i32)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (call_indirect (type $binary) (local.get $x) (local.get $y) (local.get $operation)))
  (func $divide (export "divide") (param $x i32) (param $y i32) (result i32 i32)
    (i32.div_u (local.get $x) (local.get $y))
    (i32.rem_u (local.get $x) (local.get $y)))
  (func $both (export "both") (param $x i32) (result i32)
    (call $divide (local.get $x) (i32.const 10))
    (i32.add))
  (func $begin (call $put (i32.load (i32.const 8))))
  (start $begin))
