;; Names that with the prefixes `w_` and `g_` are the public ones of modules called w and g.
(module
  (func $instantiate (export "a"))
  (func $destroy (export "b") (call $instantiate))
  (func $export (export "c"))
  (func $export_a (export "d"))
  (global $host (export "e") (mut i32) (i32.const 1))
  (global $names (mut i32) (i32.const 1))
  (func (export "f") (result i32) (global.get $host) (global.get $names) (i32.add)))
