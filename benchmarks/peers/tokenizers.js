// Prints the milliseconds in which the Rust tokenizer encodes all prompts: node tokenizers.js NODE_MODULES TOKENIZER_JSON PROMPTS_JSON
const { createRequire } = require("module");
const { readFileSync } = require("fs");
const [modules, file, prompts] = process.argv.slice(2);
const { Tokenizer } = createRequire(modules + "/node_modules/")("tokenizers");
const tokenizer = Tokenizer.fromFile(file);
const texts = JSON.parse(readFileSync(prompts, "utf8"));

async function pass() {
  const start = process.hrtime.bigint();
  for (const text of texts) await tokenizer.encode(text, null);
  return Number(process.hrtime.bigint() - start) / 1e6;
}

(async () => {
  const times = [];
  for (let i = 0; i < 6; i++) times.push(await pass());
  console.log(Math.min(...times));
})();
