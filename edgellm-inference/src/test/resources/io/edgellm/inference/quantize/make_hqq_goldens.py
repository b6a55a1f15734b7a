#!/usr/bin/env python3
"""Makes hqq-goldens.json: half-quadratic quantization, our variant and the original.

    pip install onnxruntime==1.30.0 numpy torch
    python make_hqq_goldens.py              # writes hqq-goldens.json beside itself

Matrices are drawn as make_block_goldens.py does. For each there are

- the SHA-256 of scales (fp32) and zero points (one byte each), [columns, blocks], of our variant,
  computed here in numpy, operation by operation in fp32: additions and square roots are exactly
  rounded in both languages, so the digests must be equal;
- for asymmetric formats the errors of HQQWeightOnlyQuantizer, which is the authors' algorithm with
  zero points that are real numbers: the mean of |error|^(3/4), and of the squares. "original" is as
  it comes, "rounded" with its zero points rounded to codes, as a fast kernel needs them.
"""

import hashlib
import json
import pathlib
import warnings

import numpy as np
import torch
from make_block_goldens import weights
from onnxruntime.quantization.matmul_nbits_quantizer import HQQWeightOnlyQuantConfig, HQQWeightOnlyQuantizer

F = np.float32
ONE, TINY, WHOLE = F(1), F(1e-8), F(1 << 23)


def code(values, top):
    """clamp(roundf(value), 0, top), and 0 for what is no number."""
    values = np.nan_to_num(values.astype(np.float64), nan=0.0)
    return np.floor(np.clip(values, 0, top) + 0.5).clip(0, top).astype(F)


def ranges(block, top, mid, symmetric):
    low, high = block[0].copy(), block[0].copy()
    for row in block[1:]:
        low, high = np.where(row < low, row, low), np.where(row > high, row, high)
    if symmetric:
        return -np.where(np.abs(high) > np.abs(low), high, low) / F(mid), np.full(low.shape, mid, F)
    low, high = np.where(low < 0, low, F(0)), np.where(high > 0, high, F(0))
    scale = (high - low) / F(top)
    return scale, np.where(scale != 0, code(F(0) - low / scale, top), F(0))


def half_quadratic(block, bits, symmetric):
    top, mid, rows = (1 << bits) - 1, 1 << (bits - 1), len(block)
    scale, zero = ranges(block, top, mid, symmetric)
    best_scale, best_zero, best = scale.copy(), zero.copy(), np.full(scale.shape, np.inf, F)
    beta = F(10)
    for _ in range(20):
        reciprocal = np.where(scale != 0, ONE / scale, F(0))
        shrinking = ONE / beta
        error, codes, squares, targets, products = (np.zeros(scale.shape, F) for _ in range(5))
        for row in block:
            scaled = row * reciprocal
            place = scaled + zero
            number = np.minimum(np.maximum(place, F(0)), F(top)) + WHOLE - WHOLE
            off = place - number
            size = np.abs(off) + TINY
            half = np.sqrt(size)
            quarter = np.sqrt(half)
            target = scaled - off * np.maximum(F(0), ONE - shrinking / (size * quarter))
            error += half * quarter
            codes += number
            squares += number * number
            targets += target
            products += number * target
        half = np.sqrt(np.abs(scale))
        size = error * (half * np.sqrt(half))
        better = size < best
        best = np.where(better, size, best)
        best_scale, best_zero = np.where(better, scale, best_scale), np.where(better, zero, best_zero)
        if not symmetric:
            zero = code((codes - targets) / F(rows), top)
        length = squares - F(2) * zero * codes + F(rows) * (zero * zero)
        fitted = scale * ((products - zero * targets) / length)
        usable = (np.abs(fitted) >= np.finfo(F).tiny) & np.isfinite(fitted)
        scale = np.where(usable, fitted, scale)
        beta = beta * F(1.01)
    return best_scale, best_zero


def variant(matrix, bits, block, symmetric):
    pairs = [half_quadratic(matrix[first : first + block], bits, symmetric) for first in range(0, len(matrix), block)]
    scales = np.stack([scale for scale, _ in pairs], axis=1).astype(F)
    zeros = np.stack([zero for _, zero in pairs], axis=1).astype(np.uint8)
    return scales, zeros


def original(matrix, bits, block):
    quantizer = HQQWeightOnlyQuantizer(HQQWeightOnlyQuantConfig(block_size=block, bits=bits))
    tensor = torch.from_numpy(matrix.T.copy())
    _, scales, zeros = quantizer.quantize_internal(tensor, bits=bits, group_size=block)
    scales, zeros = scales.numpy().astype(np.float64), zeros.numpy().astype(np.float64)
    return scales, zeros


def errors(matrix, scales, zeros, block, top):
    columns = matrix.T.astype(np.float64)
    scales, zeros = (np.repeat(part, block, axis=1)[:, : columns.shape[1]] for part in (scales, zeros))
    off = np.abs(columns - (np.clip(np.round(columns / scales + zeros), 0, top) - zeros) * scales)
    return [float(np.mean(off**0.75)), float(np.mean(off**2))]


def cases():
    for bits in (2, 4, 8):
        for block in (32, 64, 128):
            for fill in ("bell", "outlier"):
                yield fill, 256, 48, bits, block, False
                yield fill, 256, 48, bits, block, True
    for fill in ("uniform", "ties", "zeros", "signed zeros", "few", "constant columns", "positive", "negative",
                 "denormal", "smallest", "wide", "huge"):
        yield fill, 77, 130, 4, 32, True
        yield fill, 77, 130, 4, 32, False


def main():
    warnings.filterwarnings("ignore")
    entries = []
    for seed, (fill, rows, columns, bits, block, symmetric) in enumerate(cases()):
        matrix = weights(fill, seed, rows, columns)
        scales, zeros = variant(matrix, bits, block, symmetric)
        entry = {"fill": fill, "rows": rows, "columns": columns, "bits": bits, "blockSize": block,
                 "symmetric": symmetric, "scales": hashlib.sha256(scales.tobytes()).hexdigest(),
                 "zeroPoints": hashlib.sha256(zeros.tobytes()).hexdigest()}
        if rows == 256 and not symmetric:
            top = (1 << bits) - 1
            theirs, points = original(matrix, bits, block)
            entry["original"] = errors(matrix, theirs, points, block, top)
            entry["rounded"] = errors(matrix, theirs, np.clip(np.round(points), 0, top), block, top)
            ours = errors(matrix, scales.astype(np.float64), zeros, block, top)
            print(fill, bits, block, "|e|^0.75 %.3f of the original, %.3f of rounded; e^2 %.3f, %.3f" % (
                ours[0] / entry["original"][0], ours[0] / entry["rounded"][0],
                ours[1] / entry["original"][1], ours[1] / entry["rounded"][1]))
        entries.append(entry)
    text = json.dumps({"cases": entries}, separators=(",", ":"))
    pathlib.Path(__file__).with_name("hqq-goldens.json").write_text(text.replace('{"fill"', '\n{"fill"') + "\n")
    print(len(entries), "cases")


main()
