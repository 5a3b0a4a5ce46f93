"""Prints the milliseconds of one piece of Pillow's work: pillow.py make FOLDER | decode FILE | resize FILE SIDE FILTER"""
import math
import sys
import time

from PIL import Image


def best(action):
    times = []
    for _ in range(7):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return 1000 * min(times)


def make(folder):
    """A picture with edges, gradients and texture, the same everywhere, saved in several ways."""
    small = Image.new("RGB", (400, 300))
    small.putdata([
        (int(128 + 90 * math.sin(x / 17) * math.cos(y / 23)), (x * 7 + y * 3) % 256, 220 if (x // 25 + y // 25) % 2 else (x ^ y) % 256)
        for y in range(300) for x in range(400)])
    photo = small.resize((4000, 3000), Image.BICUBIC)
    for name, size in (("12mp", (4000, 3000)), ("1mp", (1280, 960))):
        picture = photo.resize(size, Image.BICUBIC)
        picture.save(f"{folder}/{name}-420.jpg", quality=85, subsampling=2)
        picture.save(f"{folder}/{name}-444.jpg", quality=92, subsampling=0)
        picture.save(f"{folder}/{name}-progressive.jpg", quality=85, subsampling=2, progressive=True)
        picture.save(f"{folder}/{name}.png")


command, path, *rest = sys.argv[1:]
if command == "make":
    make(path)
    print(0)
elif command == "decode":
    print(best(lambda: Image.open(path).convert("RGB").load()))
elif command == "resize":
    image = Image.open(path).convert("RGB")
    print(best(lambda: image.resize((int(rest[0]), int(rest[0])), int(rest[1]))))
