// Times llama.cpp (prebuilt, package node-llama-cpp) on a GGUF: prefill of N tokens and decode per token. usage: node llama.mjs MODEL.gguf [N=793] [RUNS=3] [THREADS=all cores] [DECODE=32]
import os from "node:os";
import { getLlama } from "node-llama-cpp";
const [file, n = "793", runs = "3", threads = String(os.cpus().length), decode = "32"] = process.argv.slice(2);
const llama = await getLlama({ gpu: false, build: "never", logLevel: "error", maxThreads: +threads });
const model = await llama.loadModel({ modelPath: file, useMmap: true });
const N = +n, D = +decode;
const context = await model.createContext({ contextSize: N + D + 8, batchSize: N + 8, threads: +threads, flashAttention: true });
const seq = context.getSequence();
const ids = (k, base) => Array.from({ length: k }, (_, i) => 2 + ((i * 7919 + base) % 4000));
const rows = [];
for (let r = 0; r <= +runs; r++) {
  await seq.clearHistory();
  let t = performance.now();
  await seq.evaluateWithoutGeneratingNewTokens(ids(N, r));
  const pre = performance.now() - t;
  t = performance.now();
  for (let i = 0; i < D; i++) await seq.evaluateWithoutGeneratingNewTokens(ids(1, i));
  const dec = (performance.now() - t) / D;
  if (r > 0) rows.push({ pre, dec });           // the first run warms up
}
if (rows.length === 0) process.exit(0);  // RUNS=0: a start alone
const med = (k) => rows.map((x) => x[k]).sort((a, b) => a - b)[rows.length >> 1];
console.log(JSON.stringify({ peer: "llama.cpp", file, tokens: N, threads: +threads, prefill_ms: +med("pre").toFixed(1), prefill_tokens_per_s: +(N / med("pre") * 1e3).toFixed(1), decode_ms_per_token: +med("dec").toFixed(2) }));
process.exit(0);
