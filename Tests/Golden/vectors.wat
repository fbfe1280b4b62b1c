;; --memory guard --instances many
;; shows functions
;; Vectors: constants, lanes, shuffles by the widest lanes, accesses of parts, loads that must happen.
(module
  (memory 1)
  (global $g (mut v128) (v128.const i64x2 1 2))
  (func $sums (export "sums") (param $a v128) (param $b v128) (param $k i32) (result v128)
    (global.set $g (i8x16.shl (local.get $a) (local.get $k)))
    (i32x4.add (f32x4.mul (local.get $a) (v128.const f32x4 1 1 1 1)) (v128.bitselect (local.get $a) (local.get $b) (global.get $g))))
  (func $lanes (export "lanes") (param $a v128) (result i32)
    (i32.add (i8x16.extract_lane_s 3 (local.get $a))
      (i16x8.extract_lane_u 7 (i16x8.replace_lane 7 (local.get $a) (i32.const 9)))))
  (func $shuffles (export "shuffles") (param $a v128) (param $b v128) (result v128) (local $zero v128)
    (local.set $a (i8x16.shuffle 8 9 10 11 4 5 6 7 0 1 2 3 16 17 18 19 (local.get $a) (local.get $b)))
    (local.set $b (i8x16.shuffle 0 16 1 16 2 16 3 16 4 16 5 16 6 16 7 16 (local.get $b) (local.get $zero)))
    (local.set $a (i8x16.shuffle 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 (local.get $a) (local.get $b)))
    (i8x16.shuffle 0 17 2 19 4 21 6 23 8 25 10 27 12 29 14 31 (local.get $a) (local.get $b)))
  (func $parts (export "parts") (param $p i32) (param $v v128)
    (local.set $v (v128.load8x8_s (local.get $p)))
    (v128.store offset=16 (local.get $p) (i16x8.add (local.get $v) (v128.load16_splat offset=2 (local.get $p))))
    (v128.store8_lane offset=7 15 (local.get $p) (v128.load32_lane 1 (local.get $p) (v128.load64_zero (local.get $p)))))
  (func $wanted (export "wanted") (param $p i32) (result v128)
    (drop (v128.load (local.get $p)))
    (v128.and (v128.load offset=16 (local.get $p)) (v128.const i64x2 0 -1))))
