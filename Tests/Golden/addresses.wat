;; --memory guard --instances one --name addresses
;; shows functions
(module $addresses
  (memory 1)
  (func $fields (export "fields") (param $body i32) (result f64)
    (f64.add
      (f64.load (local.get $body))
      (f64.mul
        (f64.load (i32.add (local.get $body) (i32.const 8)))
        (f64.load offset=8 (i32.add (local.get $body) (i32.const 16))))))
  (func $next (export "next") (param $list i32) (result i32)
    (local $after i32)
    (local.set $after (i32.add (local.get $list) (i32.const 24)))
    (i32.store (local.get $after) (i32.const 7))
    (i32.store (i32.add (local.get $list) (i32.const 28)) (i32.const 8))
    (i32.load (i32.add (local.get $list) (i32.const 20))))
  (func $entry (export "entry") (param $byte i32) (result i32)
    (i32.load (i32.add (i32.shl (i32.and (local.get $byte) (i32.const 255)) (i32.const 2)) (i32.const 4096))))
  (func $descend (export "descend") (param $node i32) (param $key i32) (result i32)
    (loop $again
      (if (i32.eqz (local.get $node)) (then (return (i32.const 0))))
      (if (i32.eq (i32.load offset=8 (local.get $node)) (local.get $key))
        (then (return (local.get $node))))
      (local.set $node
        (i32.load
          (i32.add (local.get $node)
            (select (i32.const 0) (i32.const 4)
              (i32.lt_u (local.get $key) (i32.load offset=8 (local.get $node)))))))
      (br $again))
    (unreachable))
  (func $link (export "link") (param $node i32) (param $key i32) (result i32)
    (local $at i32) (local $own i32)
    (local.set $own (i32.load offset=8 (local.get $node)))
    (local.set $at
      (i32.add (local.get $node)
        (select (i32.const 4) (i32.const 0) (i32.gt_u (local.get $key) (local.get $own)))))
    (if (i32.load (local.get $at)) (then (return (i32.load (local.get $at)))))
    (local.get $at))
  (func $step (export "step") (param $n i64) (result i64)
    (select
      (i64.shr_u (local.get $n) (i64.const 1))
      (i64.add (i64.mul (local.get $n) (i64.const 3)) (i64.const 1))
      (i64.eqz (i64.and (local.get $n) (i64.const 1))))))
