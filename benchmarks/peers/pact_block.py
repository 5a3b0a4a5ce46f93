"""Times the whole PACT block in PyTorch, at the shapes of the benchmark `pact`: python3 benchmarks/peers/pact_block.py [rounds] [threads]

Written from the description of the method (arXiv 2504.08966, docs/methods/pact.md): norm, queries and keys of one layer, rotary embedding, EUTI scores with hidden
norms, the best 55 %, DBDPC with cutoff 0.21 in vectorised rounds, recovery at 1.5 times the cutoff, mean features and sizes. Any PyTorch from 1.13 on.
"""
import math
import sys
import time

import torch
import torch.nn.functional as F

TEXT = 32
KEEP, CUTOFF, COEF = 0.55, 0.21, 1.5


def rotate(x, heads, size, positions):
    freq = 1_000_000.0 ** (-torch.arange(0, size, 2, dtype=torch.float32) / size)
    angle = positions[:, None].float() * freq
    cos, sin = angle.cos().repeat(1, 2)[:, None], angle.sin().repeat(1, 2)[:, None]
    x = x.view(-1, heads, size)
    half = torch.cat((-x[..., size // 2:], x[..., : size // 2]), -1)
    return (x * cos + half * sin).reshape(x.shape[0], -1)


def centres_of(distance, cutoff):
    n = distance.shape[0]
    density = torch.exp(-((distance / 2) ** 2)).sum(1)
    rank = torch.empty(n)
    rank[torch.sort(density, stable=True).indices] = torch.arange(n, dtype=torch.float32)
    open_points, centres = torch.arange(n), []
    while len(open_points):
        part, ranks = distance[open_points][:, open_points], rank[open_points]
        blocked = ranks[None, :] < ranks[:, None]
        blocked.fill_diagonal_(True)
        nearest = part.masked_fill(blocked, math.inf).min(1).values
        found = open_points[nearest > cutoff]
        centres.append(found)
        if len(found) < 10:
            order = open_points[nearest <= cutoff]
            order = order[torch.argsort(rank[order], descending=True)]
            covered = (distance[:, torch.cat(centres)] <= cutoff).any(1)
            for point in order.tolist():
                if not covered[point]:
                    centres.append(torch.tensor([point]))
                    covered |= distance[point] <= cutoff
            break
        covered = (distance[open_points][:, found] <= cutoff).any(1)
        open_points = open_points[~covered]
    return torch.sort(torch.cat(centres)).values


def block(hidden, weights, visual, heads, key_heads, size):
    norm, wq, bq, wk, bk = weights
    normed = norm * hidden * torch.rsqrt(hidden.pow(2).mean(-1, keepdim=True) + 1e-6)
    q, k = F.linear(normed, wq, bq), F.linear(normed, wk, bk)
    positions = torch.arange(hidden.shape[0])
    rotate(q, heads, size, positions)  # the repository rotates queries as well
    rotated = rotate(k, key_heads, size, positions)
    last = int(visual[-1]) + 1
    mean = q[:last].mean(0).view(heads, 1, size)
    keys = k[:last].view(last, key_heads, size).repeat_interleave(heads // key_heads, 1).transpose(0, 1)
    scores = torch.softmax(mean @ keys.transpose(1, 2) / math.sqrt(size), -1).mean((0, 1))
    scores = scores[visual] * hidden[visual].norm(dim=-1)
    chosen = torch.zeros(len(visual), dtype=torch.bool)
    chosen[torch.topk(scores, int(len(visual) * KEEP)).indices] = True
    kept, pruned = visual[chosen], visual[~chosen]
    unit, others = F.normalize(rotated[kept]), F.normalize(rotated[pruned])
    distance = (1 - unit @ unit.T).clamp_(min=0).fill_diagonal_(0)
    centres = centres_of(distance, CUTOFF)
    label = distance[:, centres].argmin(1)
    label[centres] = torch.arange(len(centres))
    to_centre, nearest = (1 - others @ unit[centres].T).min(1)
    recovered = to_centre <= CUTOFF * COEF
    members = torch.cat((kept, pruned[recovered]))
    labels = torch.cat((label, nearest[recovered]))
    sums = torch.zeros(len(centres), hidden.shape[1]).index_add_(0, labels, hidden[members])
    sizes = torch.bincount(labels, minlength=len(centres)).float()
    keep = torch.ones(hidden.shape[0], dtype=torch.bool)
    keep[visual] = False
    keep[kept[centres]] = True
    result = hidden.clone()
    result[kept[centres]] = sums / sizes[:, None]
    return result[keep], sizes


def walk(rows, width, step=0.3):
    noise = (torch.rand(rows, width) - 0.5) * math.sqrt(12)
    for row in range(1, rows):
        noise[row] = math.sqrt(1 - step * step) * noise[row - 1] + step * noise[row]
    return noise


@torch.inference_mode()
def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    torch.set_num_threads(int(sys.argv[2]) if len(sys.argv) > 2 else 2)
    torch.manual_seed(7)
    print(f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads, median of {rounds}")
    print("| visual tokens, width | left | block ms |\n|---|---|---|")
    for tokens, width, heads, key_heads, size in [(729, 896, 14, 2, 64), (2880, 3584, 28, 4, 128)]:
        scale = 1.7 / math.sqrt(width)
        weight = lambda out: (torch.rand(out, width) - 0.5) * 2 * scale
        bias = lambda out: (torch.rand(out) - 0.5) * 0.04
        weights = torch.ones(width), weight(heads * size), bias(heads * size), weight(key_heads * size), bias(key_heads * size)
        hidden, visual = walk(tokens + TEXT, width), torch.arange(TEXT // 2, TEXT // 2 + tokens)
        times = []
        for round in range(rounds + 1):
            start = time.perf_counter()
            _, sizes = block(hidden, weights, visual, heads, key_heads, size)
            if round:
                times.append(time.perf_counter() - start)
        print(f"| {tokens} of {width} | {len(sizes)} | {sorted(times)[len(times) // 2] * 1000:.1f} |")


main()
