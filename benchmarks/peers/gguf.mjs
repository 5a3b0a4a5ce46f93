// Writes a GGUF file of the Qwen2 architecture with random weights, for timing llama.cpp on the same shapes as ours.
// usage: node gguf.mjs OUT.gguf TYPE [SHAPE]     TYPE: f32 f16 bf16 q8_0 q4_0 q4_k     SHAPE: 0.5b (default) 1.5b 7b4 (four layers of a 7B)
import fs from "node:fs";
import crypto from "node:crypto";

const [out, type = "bf16", shape = "0.5b"] = process.argv.slice(2);
const shapes = {
  "0.5b": { layers: 24, hidden: 896, heads: 14, kvHeads: 2, ffn: 4864 },
  "1.5b": { layers: 28, hidden: 1536, heads: 12, kvHeads: 2, ffn: 8960 },
  "7b4": { layers: 4, hidden: 4096, heads: 32, kvHeads: 32, ffn: 11008 },
};
const s = shapes[shape], vocab = 4096, headDim = s.hidden / s.heads;
const types = { f32: [0, 1, 4], f16: [1, 1, 2], q4_0: [2, 32, 18], q8_0: [8, 32, 34], q4_k: [12, 256, 144], bf16: [30, 1, 2] }; // id, block, bytes

// one block of plausible values per type, repeated: no NaN, no infinities, no denormals
function sample(name) {
  const [, block, bytes] = types[name], n = 1 << 14, b = Buffer.alloc(n * bytes);
  const half = (x) => { const f = new Float32Array([x]), u = new Uint32Array(f.buffer)[0]; return ((u >>> 16) & 0x8000) | ((((u >>> 23) & 255) - 112) << 10) | ((u >>> 13) & 1023); };
  for (let i = 0; i < n; i++) {
    const v = (Math.random() - 0.5) * 0.08 || 0.01, o = i * bytes;
    if (name === "f32") b.writeFloatLE(v, o);
    else if (name === "f16") b.writeUInt16LE(half(Math.abs(v) < 1e-3 ? 0.01 : v), o);
    else if (name === "bf16") { const f = Buffer.alloc(4); f.writeFloatLE(v); f.copy(b, o, 2, 4); }
    else { crypto.randomFillSync(b, o, bytes); b.writeUInt16LE(half(0.0006), o); if (name === "q4_k") b.writeUInt16LE(half(0.0003), o + 2); }
  }
  return b;
}
const samples = {};
const tensors = [];
const add = (name, dims, t) => tensors.push({ name, dims, t });
const { hidden: h, ffn, layers } = s, kv = s.kvHeads * headDim;
const weight = (dims) => (dims[0] % types[type][1] === 0 ? type : "q8_0");
add("token_embd.weight", [h, vocab], weight([h])); add("output_norm.weight", [h], "f32"); add("output.weight", [h, vocab], weight([h]));
for (let i = 0; i < layers; i++) {
  const p = `blk.${i}.`;
  add(p + "attn_norm.weight", [h], "f32"); add(p + "ffn_norm.weight", [h], "f32");
  for (const [n, d] of [["q", h], ["k", kv], ["v", kv]]) { add(`${p}attn_${n}.weight`, [h, d], weight([h])); add(`${p}attn_${n}.bias`, [d], "f32"); }
  add(p + "attn_output.weight", [h, h], weight([h]));
  add(p + "ffn_gate.weight", [h, ffn], weight([h])); add(p + "ffn_up.weight", [h, ffn], weight([h])); add(p + "ffn_down.weight", [ffn, h], weight([ffn]));
}
const parts = [];
const u32 = (x) => { const b = Buffer.alloc(4); b.writeUInt32LE(x); parts.push(b); };
const u64 = (x) => { const b = Buffer.alloc(8); b.writeBigUInt64LE(BigInt(x)); parts.push(b); };
const str = (x) => { const b = Buffer.from(x); u64(b.length); parts.push(b); };
const kvs = [];
const kvp = (k, f) => kvs.push([k, f]);
const S = (k, v) => kvp(k, () => { u32(8); str(v); }), U = (k, v) => kvp(k, () => { u32(4); u32(v); });
const F = (k, v) => kvp(k, () => { u32(6); const b = Buffer.alloc(4); b.writeFloatLE(v); parts.push(b); });
S("general.architecture", "qwen2"); S("general.name", "random-" + shape);
U("qwen2.block_count", layers); U("qwen2.context_length", 32768); U("qwen2.embedding_length", h); U("qwen2.feed_forward_length", ffn);
U("qwen2.attention.head_count", s.heads); U("qwen2.attention.head_count_kv", s.kvHeads); F("qwen2.attention.layer_norm_rms_epsilon", 1e-6); F("qwen2.rope.freq_base", 1e6);
S("tokenizer.ggml.model", "gpt2"); S("tokenizer.ggml.pre", "qwen2");
kvp("tokenizer.ggml.tokens", () => { u32(9); u32(8); u64(vocab); for (let i = 0; i < vocab; i++) str("t" + i); });
kvp("tokenizer.ggml.token_type", () => { u32(9); u32(5); u64(vocab); for (let i = 0; i < vocab; i++) u32(i < 2 ? 3 : 1); });
kvp("tokenizer.ggml.merges", () => { u32(9); u32(8); u64(1); str("t 1"); });
U("tokenizer.ggml.bos_token_id", 0); U("tokenizer.ggml.eos_token_id", 1);
parts.push(Buffer.from("GGUF")); u32(3); u64(tensors.length); u64(kvs.length);
for (const [k, f] of kvs) { str(k); f(); }
let off = 0; const pad = (x) => Math.ceil(x / 32) * 32;
for (const t of tensors) {
  const [id, block, bytes] = types[t.t]; t.size = (t.dims.reduce((a, b) => a * b) / block) * bytes; t.offset = off; off += pad(t.size);
  str(t.name); u32(t.dims.length); t.dims.forEach((d) => u64(d)); u32(id); u64(t.offset);
}
const head = Buffer.concat(parts), fd = fs.openSync(out, "w");
fs.writeSync(fd, head); fs.writeSync(fd, Buffer.alloc(pad(head.length) - head.length));
for (const t of tensors) {
  const src = (samples[t.t] ??= sample(t.t));
  for (let left = t.size; left > 0; left -= src.length) fs.writeSync(fd, src, 0, Math.min(left, src.length));
  fs.writeSync(fd, Buffer.alloc(pad(t.size) - t.size));
}
fs.closeSync(fd);
console.log(out, (off / 2 ** 20).toFixed(0) + " MiB");
