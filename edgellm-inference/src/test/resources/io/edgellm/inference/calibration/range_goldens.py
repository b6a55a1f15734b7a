"""Ranges that onnxruntime.quantization.calibrate finds in numbers that any program can make again.

usage: range_goldens.py > ranges.json        (onnxruntime 1.30.0, numpy 2.4.6)
"""
import contextlib
import io
import json

import numpy as np
from onnxruntime.quantization.calibrate import HistogramCollector

# numbers, centre, scale, an outlier at the end
SHAPES = [(5000, 0.45, 40.0, 0.0), (5000, 0.0, 3.0, 0.0), (20000, 0.5, 8.0, 30.0), (300, 0.7, 1e-3, -0.01)]


def numbers(count, centre, scale, outlier):
    """Knuth's multiplicative hash of 1, 2, ..., bent by a third power."""
    u = np.array([(i * 2654435761 % 2**32) / 2**32 - centre for i in range(1, count + 1)])
    values = (u * u * u * scale).astype(np.float32)
    values[-1] = np.float32(outlier) if outlier else values[-1]
    return values


def find(values, method, bins, setting):
    collector = HistogramCollector(method, False, bins, int(setting), setting, "same")
    with contextlib.redirect_stdout(io.StringIO()):
        collector.collect({"t": values})
        low, high = collector.compute_collection_result()["t"][:2]
    return [float(np.float32(low)), float(np.float32(high))]


def main():
    rows = []
    for shape in SHAPES:
        values = numbers(*shape)
        for bins in (128, 2048):
            for percent in (99.0, 99.9, 99.999, 100.0):
                rows.append([*shape, "percentile", bins, percent, *find(values, "percentile", bins, percent)])
        if shape[3] > 0:  # many ranges are as good as each other, up to what sums of 32 bits tell apart
            continue
        for bins, codes in ((128, 128), (512, 128), (2048, 128), (1001, 64)):
            rows.append([*shape, "entropy", bins, codes, *find(values, "entropy", bins, codes)])
    print("[" + ",\n ".join(json.dumps(row) for row in rows) + "]")


main()
