;; Loops that never end, in each form that is printed. Each counts down from 7 by 2, and would end
;; at 0; a compiler that takes loops to end may leave them out, since nothing comes of them.
(module
  (func $step (param i32) (result i32) (i32.sub (local.get 0) (i32.const 2)))
  ;; do { … } while (c);
  (func (export "while") (param i32) (result i32)
    (loop $l (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 2)))))
    (i32.const 5))
  ;; for (;;) { …; if (c) break; … }
  (func (export "middle") (param i32) (result i32)
    (block $out
      (loop $l
        (br_if $out (i32.eqz (local.tee 0 (i32.sub (local.get 0) (i32.const 2)))))
        (br $l)))
    (i32.const 5))
  ;; for (;;) { if (c) …; else break; }
  (func (export "if") (param i32) (result i32)
    (loop $l
      (if (local.tee 0 (i32.sub (local.get 0) (i32.const 2)))
        (then (br $l))))
    (i32.const 5))
  ;; A condition on what is declared inside.
  (func (export "inside") (param i32) (result i32)
    (local $other i32)
    (loop $l
      (local.set $other (i32.sub (local.get 0) (i32.const 2)))
      (local.set 0 (local.get $other))
      (br_if $l (i32.ne (call $step (local.get $other)) (i32.const 0))))
    (i32.const 5))
  ;; goto, from a loop within and from a switch.
  (func (export "outer") (param i32) (result i32)
    (loop $l
      (loop $inner
        (local.set 0 (i32.sub (local.get 0) (i32.const 2)))
        (br_if $l (i32.and (local.get 0) (i32.const 4)))
        (br_if $inner (local.get 0))))
    (i32.const 5))
  (func (export "table") (param i32) (result i32)
    (block $out
      (loop $l
        (local.set 0 (i32.sub (local.get 0) (i32.const 2)))
        (br_table $out $l $out $l (local.get 0))))
    (i32.const 5))
  ;; A loop that hands a value on.
  (func (export "value") (param i32) (result i32)
    (local.get 0)
    (loop $l (param i32) (result i32)
      (i32.const 2) (i32.sub) (local.tee 0)
      (br_if $l (local.get 0))))
  ;; Nothing but itself.
  (func (export "empty") (param i32) (result i32) (loop $l (br $l)) (i32.const 5)))
