;; by wasm-tools
;; Ten million tail calls to and fro between two modules, by an import and by a table.
(module $other
  (type $t (func (param i64 i32) (result i32)))
  (table (export "table") 4 funcref)
  (func (export "odd") (param $n i64) (param $t i32) (result i32)
    (if (i64.eqz (local.get $n)) (then (return (i32.const 0))))
    (return_call_indirect (type $t) (i64.sub (local.get $n) (i64.const 1)) (i32.const 0) (local.get $t))))
(register "other" $other)
(module
  (import "other" "odd" (func $other_odd (param i64 i32) (result i32)))
  (import "other" "table" (table $shared 4 funcref))
  (func $long (export "long") (param $n i64) (param $t i32) (result i32)
    (if (i64.eqz (local.get $n)) (then (return (i32.const 1))))
    (return_call $other_odd (i64.sub (local.get $n) (i64.const 1)) (local.get $t)))
  (elem (table $shared) (i32.const 0) func $long))
(assert_return (invoke "long" (i64.const 10000000) (i32.const 0)) (i32.const 1))
(assert_return (invoke "long" (i64.const 9999999) (i32.const 0)) (i32.const 0))
