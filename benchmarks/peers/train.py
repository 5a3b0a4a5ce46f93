"""Trains foveola in PyTorch on batches that the benchmark `train` wrote: train.py MODEL BATCHES STAGE f32|bf16 STEPS THREADS

Written from the description of the model (models/foveola/model/README.md, docs/guides/train.md): the vision encoder as it is, projector (stage 1) or projector and
language model (stage 2) trained, cross-entropy of the labels, AdamW. Sequences are filled up on the right, where no causal query that counts sees anything; only rows
with a label go through the head. Any PyTorch from 1.13 on. The last line is a JSON object.
"""
import json
import math
import os
import sys
import time

import torch
import torch.nn.functional as F

WARM_UP, RATE = 4, 1e-4
TYPES = {"BF16": torch.bfloat16, "F32": torch.float32, "I32": torch.int32}


def read(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        data = bytearray(file.read())
    header.pop("__metadata__", None)
    return {
        name: torch.frombuffer(data, dtype=TYPES[entry["dtype"]], offset=entry["data_offsets"][0], count=math.prod(entry["shape"])).reshape(entry["shape"])
        for name, entry in header.items()
    }


class Model:
    def __init__(self, folder, stage):
        with open(os.path.join(folder, "config.json")) as file:
            self.config = json.load(file)
        trained = ("multi_modal_projector.",) if stage == 1 else ("multi_modal_projector.", "language_model.")
        self.weights = {name: tensor.float() for name, tensor in read(os.path.join(folder, "model.safetensors")).items()}
        self.trained = [weight.requires_grad_() for name, weight in self.weights.items() if name.startswith(trained)]

    def linear(self, x, name):
        return F.linear(x, self.weights[name + ".weight"], self.weights.get(name + ".bias"))

    def layer_norm(self, x, name):
        return F.layer_norm(x, x.shape[-1:], self.weights[name + ".weight"], self.weights[name + ".bias"], self.config["vision_config"]["layer_norm_eps"])

    def rms_norm(self, x, name):
        x = x.float()
        return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + self.config["text_config"]["rms_norm_eps"]) * self.weights[name + ".weight"]

    @torch.no_grad()
    def encode(self, pixels):
        config, tower = self.config["vision_config"], "vision_tower.vision_model."
        heads = config["num_attention_heads"]
        patches = F.conv2d(pixels, self.weights[tower + "embeddings.patch_embedding.weight"], stride=config["patch_size"]).flatten(2).transpose(1, 2)
        first = self.weights[tower + "embeddings.class_embedding"].expand(len(pixels), 1, -1)
        x = torch.cat((first, patches), 1) + self.weights[tower + "embeddings.position_embedding.weight"]
        x = self.layer_norm(x, tower + "pre_layrnorm")
        for layer in range(config["num_hidden_layers"] + 1 + self.config["vision_feature_layer"]):
            name = f"{tower}encoder.layers.{layer}."
            normed = self.layer_norm(x, name + "layer_norm1")
            q, k, v = (split(self.linear(normed, f"{name}self_attn.{part}_proj"), heads) for part in "qkv")
            scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
            x = x + self.linear(merge(torch.softmax(scores, -1) @ v), name + "self_attn.out_proj")
            inner = self.linear(self.layer_norm(x, name + "layer_norm2"), name + "mlp.fc1")
            x = x + self.linear(inner * torch.sigmoid(1.702 * inner), name + "mlp.fc2")
        return x[:, 1:]

    def decode(self, x):
        config = self.config["text_config"]
        heads, key_heads, size, length = config["num_attention_heads"], config["num_key_value_heads"], config["head_dim"], x.shape[1]
        angles = torch.arange(length)[:, None] * config["rope_theta"] ** (-torch.arange(0, size, 2) / size)
        cos, sin = angles.cos().repeat(1, 2), angles.sin().repeat(1, 2)
        hidden = torch.full((length, length), -math.inf).triu(1).repeat(heads // key_heads, 1)
        for layer in range(config["num_hidden_layers"]):
            name = f"language_model.model.layers.{layer}."
            normed = self.rms_norm(x, name + "input_layernorm")
            q, k, v = (split(self.linear(normed, f"{name}self_attn.{part}_proj"), count) for part, count in (("q", heads), ("k", key_heads), ("v", key_heads)))
            q, k = rotate(q, cos, sin), rotate(k, cos, sin)
            # The queries that share keys lie below each other: one product instead of repeated keys.
            shared = q.reshape(len(x), key_heads, -1, size)
            weights = torch.softmax(shared @ k.transpose(-1, -2) / math.sqrt(size) + hidden, -1)
            x = x + self.linear(merge((weights @ v).reshape(q.shape)), name + "self_attn.o_proj")
            normed = self.rms_norm(x, name + "post_attention_layernorm")
            x = x + self.linear(F.silu(self.linear(normed, name + "mlp.gate_proj")) * self.linear(normed, name + "mlp.up_proj"), name + "mlp.down_proj")
        return x

    def loss(self, pixels, tokens, labels, picture):
        visual = self.linear(F.gelu(self.linear(self.encode(pixels), "multi_modal_projector.linear_1")), "multi_modal_projector.linear_2")
        embedded = F.embedding(tokens.clamp(min=0), self.weights["language_model.model.embed_tokens.weight"])
        states = self.decode(embedded.masked_scatter((tokens == picture)[..., None], visual.to(embedded.dtype)))
        learnt = labels[:, 1:] >= 0
        states = self.rms_norm(states[:, :-1][learnt], "language_model.model.norm")
        return F.cross_entropy(self.linear(states, "language_model.lm_head").float(), labels[:, 1:][learnt])


def split(x, heads):
    return x.view(*x.shape[:2], heads, -1).transpose(1, 2)


def merge(x):
    return x.transpose(1, 2).flatten(2)


def rotate(x, cos, sin):
    half = x.shape[-1] // 2
    return x * cos + torch.cat((-x[..., half:], x[..., :half]), -1) * sin


def main():
    folder, file, stage, format, steps, threads = sys.argv[1:]
    torch.set_num_threads(int(threads))
    model, stored = Model(folder, int(stage)), read(file)
    batches = [
        (stored[f"{i}.pixels"], stored[f"{i}.tokens"].long(), stored[f"{i}.labels"].long()) for i in range(sum(name.endswith(".tokens") for name in stored))
    ]
    optimizer = torch.optim.AdamW(model.trained, lr=RATE, weight_decay=0, foreach=True)
    losses, started = [], 0
    for step in range(WARM_UP + int(steps)):
        if step == WARM_UP:
            started = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=format == "bf16"):
            loss = model.loss(*batches[step % len(batches)], picture=-200)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    seconds = time.perf_counter() - started
    print(json.dumps({"samples_per_second": int(steps) * len(batches[0][0]) / seconds, "first_loss": losses[0], "last_loss": losses[-1]}))


main()
