;; A counter with state of its own that reports to its host.
(module $counter
  (import "host" "report" (func $report (param i32 i32 i32)))
  (memory (export "memory") 1)
  (global $count (mut i32) (i32.const 0))
  (data (i32.const 16) "counted")
  (func (export "add") (param $n i32) (result i32)
    (global.set $count (i32.add (global.get $count) (local.get $n)))
    (call $report (i32.const 16) (i32.const 7) (global.get $count))
    (global.get $count))
  (func (export "divide") (param $by i32) (result i32)
    (i32.div_u (global.get $count) (local.get $by))))
