#!/usr/bin/env python3
"""Makes block-goldens.json: what onnxruntime's kernels make of odd matrices, as digests.

    pip install onnxruntime==1.30.0 numpy
    python make_block_goldens.py            # on x86-64; writes block-goldens.json beside itself

Numbers come from SplitMix64, seeded with the position of the case in the list, one draw for each
weight, row after row. A draw becomes a weight by the rule of the case's "fill", see weights();
all of it is exact in fp32, so that any language makes the same matrix.

Masked: where K is no multiple of the weights in a byte, the kernel leaves in the unused high bits
of a column's last byte what it computed for the column before, or for none. No kernel reads them,
and which bits stand there depends on the order of the columns. They are set to zero before the
digest. Nothing else is masked: bytes of a last block that lie beyond K are zero in both.
"""

import hashlib
import json
import pathlib

import numpy as np
import onnxruntime
from onnxruntime.capi._pybind_state import quantize_matmul_2bits, quantize_matmul_4bits, quantize_matmul_8bits

KERNELS = {2: quantize_matmul_2bits, 4: quantize_matmul_4bits, 8: quantize_matmul_8bits}


def draws(seed, count):
    """SplitMix64: the n-th state is seed + n * gamma; 64-bit results."""
    with np.errstate(over="ignore"):
        z = np.uint64(seed) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))


def weights(fill, seed, rows, columns):
    draw = draws(seed, rows * columns)
    top = draw >> np.uint64(40)  # 24 bits
    unit = ((top.astype(np.int64) - (1 << 23)).astype(np.float32) / np.float32(1 << 23)).astype(np.float32)
    low = (draw & np.uint64(0xFFFF)).astype(np.int64)
    column = np.tile(np.arange(columns), rows)
    bits = (draw >> np.uint64(32)).astype(np.uint32)
    if fill == "uniform":  # from -1 to 1
        values = unit
    elif fill == "bell":  # the sum of four numbers from -1 to 1: nearly normal
        parts = [(draw >> np.uint64(shift)) & np.uint64(0xFFFF) for shift in (0, 16, 32, 48)]
        values = (sum(part.astype(np.int64) for part in parts) - (1 << 17)).astype(np.float32) / np.float32(1 << 15)
    elif fill == "ties":  # quarters from -4 to 4
        values = (low % 33 - 16).astype(np.float32) * np.float32(0.25)
    elif fill == "zeros":
        values = np.zeros_like(unit)
    elif fill == "signed zeros":
        values = np.where(low % 2 == 0, np.float32(0.0), np.float32(-0.0))
    elif fill == "few":  # one in sixteen is not zero
        values = np.where(low % 16 == 0, unit, np.float32(-0.0))
    elif fill == "constant columns":  # -3, -2, …, 3, -3, …
        values = (column % 7 - 3).astype(np.float32)
    elif fill == "positive":
        values = np.abs(unit) + np.float32(0.0078125)
    elif fill == "negative":
        values = -np.abs(unit)
    elif fill == "denormal":  # no exponent, any sign and fraction
        values = (bits & np.uint32(0x807FFFFF)).view(np.float32)
    elif fill == "smallest":  # from 0 to 7 times the smallest number
        values = (bits & np.uint32(0x80000007)).view(np.float32)
    elif fill == "wide":  # any exponent from 2^-95 to 2^95
        values = unit * np.ldexp(np.float32(1), (low % 191 - 95).astype(np.int32)).astype(np.float32)
    elif fill == "huge":  # up to the largest number: ranges overflow
        values = unit * np.float32(3.4028234e38)
    elif fill == "outlier":  # one weight in a hundred is a thousand times larger
        values = np.where(low % 100 == 0, unit * np.float32(1024), unit)
    else:
        raise ValueError(fill)
    return values.astype(np.float32).reshape(rows, columns)


def quantized(matrix, bits, block, symmetric):
    rows, columns = matrix.shape
    per_byte = 8 // bits
    blocks = -(-rows // block)
    padded = np.pad(matrix, ((0, blocks * block - rows), (0, 0)))
    packed = np.zeros((columns, blocks, block * bits // 8), np.uint8)
    scales = np.zeros((columns, blocks), np.float32)
    zero_points = np.zeros((columns, -(-blocks // per_byte)), np.uint8)
    KERNELS[bits](packed, padded, scales, zero_points, block, columns, rows, symmetric)
    if rows % per_byte:
        last = packed.reshape(columns, -1)[:, rows // per_byte]
        last &= (1 << (rows % per_byte * bits)) - 1
    return packed, scales, zero_points[:, :0] if symmetric else zero_points


def cases():
    shapes = [(1, 1), (1, 7), (3, 1), (5, 3), (15, 4), (16, 1), (17, 5), (31, 2), (33, 129), (64, 128), (100, 9)]
    blocks = [16, 32, 64, 128, 256]
    fills = ["ties", "uniform"]
    count = 0
    for bits in (2, 4, 8):
        for symmetric in (True, False):
            for rows, columns in shapes:
                yield fills[count % 2], rows, columns, bits, blocks[count % 5], symmetric
                count += 1
            for fill in ("zeros", "signed zeros", "few", "constant columns", "positive", "negative",
                         "denormal", "smallest", "wide", "huge", "outlier"):
                yield fill, 77, 11, bits, blocks[count % 5], symmetric
                count += 1
            yield "uniform", 40, 5000, bits, 16, symmetric
            yield "uniform", 1025, 3, bits, 256, symmetric


def main():
    entries = []
    for seed, (fill, rows, columns, bits, block, symmetric) in enumerate(cases()):
        results = quantized(weights(fill, seed, rows, columns), bits, block, symmetric)
        digests = [hashlib.sha256(result.tobytes()).hexdigest() for result in results]
        entries.append(
            {"fill": fill, "rows": rows, "columns": columns, "bits": bits, "blockSize": block,
             "symmetric": symmetric, "packed": digests[0], "scales": digests[1], "zeroPoints": digests[2]})
    text = json.dumps({"onnxruntime": onnxruntime.__version__, "cases": entries}, separators=(",", ":"))
    target = pathlib.Path(__file__).with_name("block-goldens.json")
    target.write_text(text.replace('{"fill"', '\n{"fill"') + "\n")
    print(len(entries), "cases")


if __name__ == "__main__":
    main()
