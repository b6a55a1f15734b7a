#!/usr/bin/env python3
"""The other side of io.edgellm.benchmarks.quantize.QuantizeProcess: the same work in Python.

    pip install onnxruntime==1.30.0 onnx onnx-ir numpy
    python quantize_in_python.py DIRECTORY TARGET

reads DIRECTORY/source/model.onnx (QuantizeProcess writes it), quantizes it to four bits in blocks of
32, symmetric, and saves it with its weights beside it. Run both in turns and compare their CPU time;
one digest of the source is part of the work on both sides, since the report of QuantizeProcess has
it. The packed weights are the same bytes.
"""

import hashlib
import pathlib
import sys

import onnx
from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer

source = pathlib.Path(sys.argv[1], "source")
target = pathlib.Path(sys.argv[2])
target.mkdir()
for path in sorted(source.iterdir()):
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for piece in iter(lambda: file.read(1 << 20), b""):
            digest.update(piece)
quantizer = MatMulNBitsQuantizer(
    onnx.load(source / "model.onnx"), bits=4, block_size=32, is_symmetric=True, accuracy_level=4)
quantizer.process()
onnx.save(
    quantizer.model.model, target / "model.onnx", save_as_external_data=True, location="model.onnx.data")
