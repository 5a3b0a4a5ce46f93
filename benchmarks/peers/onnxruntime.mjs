// Times ONNX Runtime (package onnxruntime-node) on one of the files in onnx/. usage: node onnxruntime.mjs FILE.onnx [TOKENS] [RUNS=3] [THREADS=all cores]
// The files hold no weights: ConstantOfShape nodes are folded at load into real-size matrices. clip-l336: 577 tokens, siglip-so400m: 729 tokens, qwen2-0.5b: any length (default 793).
import os from "node:os";
import ort from "onnxruntime-node";
const [file, tokens, runs = "3", threads = String(os.cpus().length)] = process.argv.slice(2);
const d = file.includes("clip") ? 1024 : file.includes("siglip") ? 1152 : 896;
const n = +(tokens || (file.includes("clip") ? 577 : file.includes("siglip") ? 729 : 793));
const session = await ort.InferenceSession.create(file, { intraOpNumThreads: +threads, interOpNumThreads: 1, executionProviders: ["cpu"], graphOptimizationLevel: "all" });
const x = new ort.Tensor("float32", Float32Array.from({ length: n * d }, () => Math.random() - 0.5), [1, n, d]);
const t = [];
for (let r = 0; r <= +runs; r++) { const a = performance.now(); const o = await session.run({ x }); if (r) t.push(performance.now() - a); for (const k in o) o[k].dispose?.(); }
t.sort((a, b) => a - b);
console.log(JSON.stringify({ peer: "onnxruntime", version: ort.env.versions?.node, file: file.split("/").pop(), tokens: n, threads: +threads, ms: +t[t.length >> 1].toFixed(1), tokens_per_s: +(n / t[t.length >> 1] * 1e3).toFixed(1) }));
process.exit(0);
