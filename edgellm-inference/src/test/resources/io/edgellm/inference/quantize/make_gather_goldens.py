"""Makes gather-goldens.json: what onnxruntime.quantization makes of tables that Gather reads.

    python make_gather_goldens.py > gather-goldens.json  # onnxruntime 1.30.0, numpy, onnx

The tables come from a formula, so that only digests are kept. Codes and zero points are compared
as unsigned numbers, one to a byte, with the middle code for zero: the package packs the types INT4
and UINT4, ONNX Runtime's kernel for bytes wants another packing of the same numbers.
"""

import hashlib
import json
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization.matmul_nbits_quantizer import (
    DefaultWeightOnlyQuantConfig,
    MatMulNBitsQuantizer,
)

ROWS = 23


def table(kind, columns):
    index = np.arange(ROWS * columns, dtype=np.uint64)
    noise = ((index * np.uint64(2654435761)) % np.uint64(2**32)) >> np.uint64(8)
    if kind == "noise":
        values = noise.astype(np.float32) * np.float32(2.0**-24) - np.float32(0.5)
    elif kind == "ties":
        values = ((noise % np.uint64(33)).astype(np.float32) - np.float32(16)) * np.float32(0.25)
    else:
        values = np.where(index // np.uint64(16) % np.uint64(3) == 0, 0, 1).astype(np.float32)
        values *= noise.astype(np.float32) * np.float32(2.0**-24)
    return values.reshape(ROWS, columns)


def unpacked(tensor):
    packed = np.frombuffer(tensor.raw_data, dtype=np.uint8)
    codes = np.stack([packed & 15, packed >> 4], axis=1).reshape(-1)[: np.prod(tensor.dims)]
    return (codes ^ 8) if tensor.data_type == TensorProto.INT4 else codes


def digest(array):
    return hashlib.sha256(array.tobytes()).hexdigest()


def golden(kind, columns, block, symmetric):
    graph = helper.make_graph(
        [helper.make_node("Gather", ["w", "input_ids"], ["y"], "lookup")],
        "g",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["n"])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", columns])],
        [numpy_helper.from_array(table(kind, columns), "w")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    quantizer = MatMulNBitsQuantizer(
        model,
        algo_config=DefaultWeightOnlyQuantConfig(
            block_size=block, is_symmetric=symmetric, op_types_to_quantize=("Gather",)
        ),
    )
    quantizer.process()
    tensors = {tensor.name: tensor for tensor in quantizer.model.model.graph.initializer}
    result = {
        "kind": kind,
        "columns": columns,
        "blockSize": block,
        "symmetric": symmetric,
        "codes": digest(unpacked(tensors["w_Q4"])),
        "scales": digest(numpy_helper.to_array(tensors["w_scales"]).astype("<f4")),
    }
    if not symmetric:
        result["zeroPoints"] = digest(unpacked(tensors["w_zero_points"]))
    return result


def main():
    configurations = [
        golden(kind, columns, block, symmetric)
        for kind in ("noise", "ties", "zeros")
        for columns, block in ((64, 16), (96, 32), (80, 32), (72, 64), (256, 128), (256, 256))
        for symmetric in (True, False)
    ]
    json.dump(
        {"onnxruntime": onnxruntime.__version__, "rows": ROWS, "configurations": configurations},
        sys.stdout,
        indent=1,
    )
    print()


main()
