// What the language has: values, closures, exceptions, regular expressions, typed arrays, and files by std.
const attempt = (what, f) => {
  try {
    console.log(what, f());
  } catch (error) {
    console.log(what, "threw", error instanceof Error ? `${error.name}: ${error.message}` : error);
  } finally {
    console.log("after", what);
  }
};

class Shape {
  #name;
  static made = 0;
  constructor(name) { this.#name = name; Shape.made++; }
  get name() { return this.#name; }
  toString() { return `${this.constructor.name}(${this.#name})`; }
}
class Square extends Shape {
  constructor(side) { super("square"); this.side = side; }
  get area() { return this.side ** 2; }
}
console.log(String(new Square(3)), new Square(1.5).area, Shape.made);

const counters = [];
for (let k = 0; k < 3; k++) counters.push(() => (k += 10));
console.log(counters.map(f => f() + f()));
function* primes() {
  const found = [];
  for (let n = 2; ; n++) if (found.every(p => n % p)) { found.push(n); yield n; }
}
const some = [];
for (const p of primes()) { if (p > 60) break; some.push(p); }
console.log(some.join());

let caught = 0;
for (let n = 0; n < 20000; n++) {
  try { if (n % 3 == 0) throw new RangeError(n); } catch { caught++; }
}
console.log(caught);
attempt("null", () => null.x);
attempt("undeclared", () => undeclared + 1);
attempt("thrown", () => { throw { toString: () => "an object" }; });
attempt("cause", () => { throw new AggregateError([new Error("a")], "two", { cause: 1 }); });
attempt("deep", () => { const f = n => { if (n == 300) throw n; try { f(n + 1); } finally { caught++; } }; f(0); });
attempt("syntax", () => eval("let 1 = 2"));
attempt("frozen", () => { "use strict"; Object.freeze([1]).push(2); });

const words = "2024-02-29 and 1999-12-31, Grüße, naïve 🦆🦆";
console.log(words.replace(/(?<y>\d{4})-(?<m>\d\d)-(?<d>\d\d)/g, "$<d>.$<m>.$<y>"));
console.log([...words.matchAll(/\p{L}+/gu)].map(m => m[0]), /(?<=, )\w+/.exec(words)[0], words.split(/\s+/u).length);
attempt("expression", () => new RegExp("(a"));
console.log("aXbxc".split(/x/i), /^(a+)+$/.test("aaaaaaaaaaaaaaaaaa!"), "abc".replace(/./g, c => c.codePointAt(0).toString(2)));

console.log((2n ** 127n - 1n).toString(16), -7n / 2n, BigInt.asIntN(64, 2n ** 63n), 123456789012345678901234567890n % 97n);
let factorial = 1n;
for (let k = 1n; k <= 200n; k++) factorial *= k;
console.log(factorial);
attempt("mixed", () => 1n + 1);

const bytes = new Uint8ClampedArray([300, -5, 1.5, 2.5]), view = new DataView(new ArrayBuffer(16));
view.setFloat64(0, Math.PI), view.setBigUint64(8, 0x0123456789abcdefn, true);
console.log([...bytes], [...new Uint8Array(view.buffer)], view.getInt16(9), new Float32Array([0.1, 1e40])[0]);
console.log(Float64Array.from({ length: 5 }, (_, k) => Math.sqrt(k)).sort((a, b) => b - a).join(" "));
attempt("array", () => new Int32Array(new ArrayBuffer(7)));

const record = { list: [1, "two", null, undefined, -0, 1e21, NaN], nested: { date: new Date(0), "ключ": "\u2028\n" } };
console.log(JSON.stringify(record), JSON.stringify(record, (k, v) => (Array.isArray(v) ? v.length : v), 1));
attempt("json", () => JSON.parse('{"a": [1, 2,]}'));
attempt("cycle", () => { const o = {}; o.o = o; return JSON.stringify(o); });
console.log(JSON.stringify(JSON.parse('[{"a": "\\u00e9"}, 1e-7]', (k, v) => (typeof v == "number" ? v * 2 : v))));

const map = new Map([[NaN, 1], ["b", [2]], [{}, 3]]), set = new Set([3, 1, 2]).union(new Set([9]));
console.log(map.get(NaN), [...map.keys()].length, [...set], JSON.stringify(Object.groupBy([1, 2, 3, 4], n => (n % 2 ? "odd" : "even"))));
const proxy = new Proxy({}, { get: (_, name) => `no ${String(name)}`, has: () => true });
console.log(proxy.luck, "luck" in proxy, Reflect.ownKeys(class { static a() {} }), Symbol("s").description);
console.log([0.1 + 0.2, 1 / 3, 5e-324, 1.7976931348623157e308, -1e-7, 123456789.125].join(), (255).toString(36), (0.5).toFixed(0));
console.log((25.0061).toPrecision(4), Math.hypot(3, 4), Math.fround(5.05), Math.clz32(1), Math.sinh(1), parseFloat("1e1000"));
console.log([5, 1, 10].sort(), [..."cab"].toSorted().join(""), [1, [2, [3]]].flat(Infinity), [1, 2, 3].at(-1), JSON.stringify(rest()));
function rest({ a = 1, ...rest } = { b: 2 }, ...others) { return [a, rest, others?.length ?? "none"]; }
console.log(new Date(Date.UTC(2024, 1, 29, 12)).toISOString(), new Date("2024-03-01T00:00:00Z") - new Date(2024, 1, 29));

// A sieve and a hash, for time.
const sieve = new Uint8Array(300000);
let count = 0, hash = 0;
for (let n = 2; n < sieve.length; n++) {
  if (sieve[n]) continue;
  count++;
  for (let m = n * 2; m < sieve.length; m += n) sieve[m] = 1;
  hash = (Math.imul(hash, 31) + n) | 0;
}
console.log(count, hash);

const file = std.open("language.txt", "w");
file.puts(words + "\n");
file.write(view.buffer, 0, 16);
file.close();
console.log(std.loadFile("language.txt").length, std.open("missing.txt", "r"), os.readdir(".")[0].filter(n => n[0] != ".").sort());
(function outer() { (() => undefined.property)(); })();
