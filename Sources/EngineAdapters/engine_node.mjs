// Runs modules under node's engine for `apus compare`: see PROTOCOL.md.
import fs from 'node:fs';
import readline from 'node:readline';

const table = new Uint32Array(256).map((_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1;
  return n >>> 0;
});

function crc(bytes) {
  let c = 0xffffffff;
  for (let k = 0; k < bytes.length; k++) c = table[(c ^ bytes[k]) & 255] ^ (c >>> 8);
  return ((c ^ 0xffffffff) >>> 0).toString(16).padStart(8, '0');
}

const view = new DataView(new ArrayBuffer(8));
const hex = (value, digits) => value.toString(16).padStart(digits, '0');

function text(type, value) {
  switch (type) {
    case 'i': return 'i32:' + hex(value >>> 0, 8);
    case 'I': return 'i64:' + hex(BigInt.asUintN(64, value), 16);
    case 'f':
      if (Number.isNaN(value)) return 'f32:7fc00000';
      view.setFloat32(0, value);
      return 'f32:' + hex(view.getUint32(0), 8);
    case 'F':
      if (Number.isNaN(value)) return 'f64:7ff8000000000000';
      view.setFloat64(0, value);
      return 'f64:' + hex(view.getBigUint64(0), 16);
    case 'r': return 'funcref:' + (value === null ? 'null' : 'set');
    default: return 'externref:' + (value === null ? 'null' : 'set');
  }
}

function value(given) {
  const [type, digits] = given.split(':');
  if (type === 'i32') return parseInt(digits, 16) | 0;
  if (type === 'i64') return BigInt.asIntN(64, BigInt('0x' + digits));
  if (type === 'f32') {
    view.setUint32(0, parseInt(digits, 16));
    return view.getFloat32(0);
  }
  if (type === 'f64') {
    view.setBigUint64(0, BigInt('0x' + digits));
    return view.getFloat64(0);
  }
  return null;
}

const traps = [
  ['unreachable', 'unreachable'], ['memory access out of bounds', 'memory or unaligned'], ['data segment', 'memory'],
  ['table index is out of bounds', 'table'], ['table access out of bounds', 'table'], ['element segment', 'table'],
  ['table or segment', 'table'], ['null function or function signature mismatch', 'null element or signature'],
  ['divide result unrepresentable', 'overflow'], ['divide by zero', 'divide'], ['remainder by zero', 'divide'],
  ['float unrepresentable', 'conversion or overflow'], ['unaligned', 'unaligned'], ['Maximum call stack', 'stack'],
  ['could not allocate', 'resources'], ['Out of memory', 'resources'], ['Atomics.wait cannot be called', 'not shared'],
  ['dereferencing a null pointer', 'null exception'],
];

function trapOf(error) {
  if (error instanceof WebAssembly.Exception) return 'exception';
  const message = String(error?.message ?? error);
  for (const [phrase, word] of traps) if (message.includes(phrase)) return word;
  return message;
}

function run(request) {
  const linked = request.with ?? [];
  let module, before;
  try {
    before = linked.map(entry => new WebAssembly.Module(fs.readFileSync(entry.module)));
    module = new WebAssembly.Module(fs.readFileSync(request.module));
  } catch (error) {
    return {unsupported: error.message};
  }
  let host = [], count = 0n, instance;
  const imports = {};
  for (const entry of linked.flatMap(({imports}) => imports).concat(request.imports ?? [])) {
    const answer = type => {
      const bits = BigInt.asUintN(64, count * 0x9e3779b97f4a7c15n);
      if (type === 'i') return Number(bits >> 32n) | 0;
      if (type === 'I') return BigInt.asIntN(64, bits);
      return type === 'f' || type === 'F' ? Number(count % 16n) : null;
    };
    (imports[entry.module] ??= {})[entry.name] = (...given) => {
      count++;
      host.push(`${entry.name}(${given.map((v, k) => text(entry.parameters[k], v)).join(', ')})`);
      const answers = [...entry.results].map(answer);
      return answers.length > 1 ? answers : answers[0];
    };
  }
  const state = () => {
    const found = {};
    if (!instance) return found;
    for (const name of request.memories ?? []) {
      const buffer = instance.exports[name].buffer;
      if (buffer instanceof ArrayBuffer) found[name] = `${buffer.byteLength}:${crc(new Uint8Array(buffer))}`;
    }
    for (const {name, type} of request.globals ?? []) {
      if ('iIfFre'.includes(type)) found[name] = text(type, instance.exports[name].value);
    }
    for (const name of request.tables ?? []) {
      const table = instance.exports[name], size = Number(table.length);
      let nulls = '';
      const at = typeof table.length === 'bigint' ? BigInt : Number;
      for (let k = 0; k < size && k < 64; k++) nulls += table.get(at(k)) === null ? '0' : '1';
      found[name] = `${size}:${nulls}`;
    }
    return found;
  };
  const step = (act, types) => {
    host = [];
    let trap = null, results = [];
    try {
      const answer = act();
      const answers = types.length === 1 ? [answer] : types.length ? answer : [];
      results = [...answers].map((v, k) => text(types[k], v));
    } catch (error) {
      trap = trapOf(error);
    }
    return {trap, results, host, state: state()};
  };
  const steps = [step(() => {
    before.forEach((module, k) => { imports[linked[k].name] = new WebAssembly.Instance(module, imports).exports; });
    instance = new WebAssembly.Instance(module, imports);
  }, '')];
  if (steps[0].trap) return {steps};
  for (const call of request.calls) {
    steps.push(step(() => instance.exports[call.export](...call.arguments.map(value)), call.results));
    const trap = steps.at(-1).trap;
    if (trap === 'stack' || trap === 'resources') break;
  }
  return {steps};
}

for await (const line of readline.createInterface({input: process.stdin})) {
  const request = JSON.parse(line);
  console.log(JSON.stringify(request.wasi ? {unsupported: 'WASI'} : run(request)));
}
