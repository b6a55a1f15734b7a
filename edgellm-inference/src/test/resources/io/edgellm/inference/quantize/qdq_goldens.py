"""What onnxruntime's QDQQuantizer makes of a small graph and of the sample model, given ranges.

usage: qdq_goldens.py SAMPLE_MODEL_DIR OUT_DIR        (onnxruntime 1.30.0, onnx 1.23.1)

qdq-small.fp32.onnx  a graph with one node of each operator
qdq-small.json       the ranges of its activations, before tensors that are joined get one range
qdq-optimum.json     (read) ranges of the sample model as edgellm saw them, those that are joined made equal,
                     and the nodes that stay in fp32 since they add a mask or compute angles of positions
qdq.json             for both: type, dims and sha256 of every new tensor, and every node, by name
"""
import hashlib
import json
import logging
import os
import pathlib
import sys
import tempfile

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType
from onnxruntime.quantization.calibrate import MinMaxCalibrater, TensorData
from onnxruntime.quantization.qdq_quantizer import QDQQuantizer
from onnxruntime.quantization.quant_utils import load_model_with_shape_infer

PRODUCTS = ["Concat", "Flatten", "Gemm", "MatMul", "Reshape", "Slice", "Split", "Squeeze", "Transpose", "Unsqueeze"]
ALL = [*PRODUCTS, "Add", "Gather", "Mul", "Sigmoid", "Softmax"]
TYPES = {"UINT8": QuantType.QUInt8, "INT8": QuantType.QInt8, "UINT16": QuantType.QUInt16}
JOINED = [("r", "t", "cat")]


def small(path):
    r = np.random.default_rng(11)
    n = helper.make_node

    def constant(name, *shape):
        return numpy_helper.from_array((r.standard_normal(shape) * np.exp(r.standard_normal(shape[-1]))).astype(np.float32), name)

    nodes = [n("Gather", ["table", "ids"], ["row"], "look"), n("Add", ["x", "row"], ["in"], "first"),
             n("MatMul", ["in", "w1"], ["a"], "product"), n("Add", ["a", "b1"], ["b"], "shift"),
             n("Sigmoid", ["b"], ["g"], "gate"), n("Mul", ["b", "g"], ["s"], "act"),
             n("Constant", [], ["half"], "number", value=numpy_helper.from_array(np.float32(0.5))),
             n("Mul", ["s", "half"], ["h"], "scale"), n("Reshape", ["h", "flat"], ["r"], "reshape"),
             n("Gemm", ["r", "w2", "b2"], ["c"], "gemm"), n("Gemm", ["c", "w3", "b3"], ["d"], "gemm_t", transB=1),
             n("Transpose", ["d"], ["e"], "transpose", perm=[1, 0]), n("MatMul", ["d", "e"], ["q"], "both"),
             n("Softmax", ["q"], ["p"], "softmax", axis=-1), n("MatMul", ["p", "d"], ["o"], "mixed"),
             n("Gemm", ["o", "w4"], ["t"], "plain"), n("Concat", ["r", "t"], ["cat"], "join", axis=1),
             n("Split", ["cat", "parts"], ["left", "right"], "split", axis=1), n("Neg", ["left"], ["y"], "neg"),
             n("Slice", ["right", "zero", "three", "zero"], ["z"], "cut"), n("MatMul", ["cat", "w5"], ["u"], "last")]
    f, i = TensorProto.FLOAT, TensorProto.INT64
    integers = [("flat", [4, 12]), ("parts", [12, 7]), ("zero", [0]), ("three", [3])]
    graph = helper.make_graph(
        nodes, "small", [helper.make_tensor_value_info("x", f, [1, 4, 8]), helper.make_tensor_value_info("ids", i, [1, 4])],
        [helper.make_tensor_value_info(name, f, None) for name in ("cat", "y", "z", "u")],
        [constant("table", 10, 8), constant("w1", 8, 12), constant("b1", 12), constant("w2", 12, 6), constant("b2", 6),
         constant("w3", 5, 6), constant("b3", 5), constant("w4", 5, 7), constant("w5", 19, 3),
         *(numpy_helper.from_array(np.array(v, np.int64), name) for name, v in integers)])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)


class Reader:
    def __init__(self, samples):
        self.samples = iter(samples)

    def get_next(self):
        return next(self.samples, None)


def watch(path):
    r = np.random.default_rng(5)
    samples = [{"x": r.standard_normal((1, 4, 8)).astype(np.float32), "ids": r.integers(0, 10, (1, 4))} for _ in range(3)]
    with tempfile.TemporaryDirectory() as temp:
        calibrater = MinMaxCalibrater(path, augmented_model_path=os.path.join(temp, "a.onnx"))
        calibrater.augment_graph()
        calibrater.create_inference_session()
        calibrater.collect_data(Reader(samples))
        return {name: [float(np.squeeze(v)) for v in data.range_value] for name, data in calibrater.compute_data().items()}


def quantize(path, ranges, activations, channel, operators, excluded):
    model = load_model_with_shape_infer(pathlib.Path(path))
    data = {name: TensorData(lowest=np.array(low, np.float32), highest=np.array(high, np.float32)) for name, (low, high) in ranges.items()}
    quantizer = QDQQuantizer(model, channel, False, QuantType.QInt8, TYPES[activations], data, [], excluded, operators,
                             {"QDQDisableWeightAdjustForInt32Bias": True})
    quantizer.quantize_model()
    model = quantizer.model.model
    for bias in quantizer.bias_to_quantize:  # what a bias is read as has a name of its own here, like all constants
        for node in model.graph.node:
            for names in (node.input, node.output):
                for i, name in enumerate(names):
                    if name == bias:
                        names[i] = bias + "_DequantizeLinear_Output"
    return model


def value(attribute):
    if attribute.type == onnx.AttributeProto.INT:
        return str(attribute.i)
    if attribute.type == onnx.AttributeProto.INTS:
        return " ".join(map(str, attribute.ints))
    return "type " + str(attribute.type)


def describe(model, before):
    tensors = {t.name: TensorProto.DataType.Name(t.data_type) + str(list(t.dims)) + hashlib.sha256(numpy_helper.to_array(t).tobytes()).hexdigest()
               for t in model.graph.initializer if t.name not in before}
    lines = sorted("|".join([n.domain, n.op_type, n.name, " ".join(n.input), " ".join(n.output),
                             *sorted(a.name + "=" + value(a) for a in n.attribute)]) for n in model.graph.node)
    return tensors, lines


def digest(lines, whole):
    return {"count": len(lines), "sha256": hashlib.sha256("".join(line + "\n" for line in lines).encode()).hexdigest(), "lines": lines if whole else []}


def golden(path, ranges, excluded, settings, whole):
    before = {t.name for t in onnx.load(path).graph.initializer}
    for activations, channel, operators in settings:
        tensors, lines = describe(quantize(path, ranges, activations, channel, operators, excluded), before)
        yield {"activations": activations, "perChannel": channel, "operators": sorted(operators),
               "tensors": digest(sorted(name + " " + tensor for name, tensor in tensors.items()), whole), "nodes": digest(lines, whole)}


def main(sample, out):
    logging.disable(logging.WARNING)
    path = os.path.join(out, "qdq-small.fp32.onnx")
    small(path)
    ranges = watch(path)
    with open(os.path.join(out, "qdq-small.json"), "w", newline="\n") as file:
        data = {"method": "min-max", "dataSha256": "0" * 64, "modelSha256": None, "ranges": ranges}
        json.dump(data, file, indent=1)
        file.write("\n")
    for group in JOINED:
        ends = [ranges[name] for name in group]
        for name in group:
            ranges[name] = [min(low for low, _ in ends), max(high for _, high in ends)]
    # r has the scale of h, which it moves
    ranges["h"] = ranges["r"]
    goldens = {"small": list(golden(path, ranges, [], [("UINT8", True, ALL), ("INT8", False, ALL), ("UINT16", True, ALL), ("UINT8", False, PRODUCTS)], True))}
    optimum = os.path.join(out, "qdq-optimum.json")
    if os.path.exists(optimum):
        with open(optimum) as file:
            stored = json.load(file)
        path = os.path.join(sample, "optimum/onnx/model.onnx")
        goldens["optimum"] = list(golden(path, stored["ranges"], stored["kept"], [("UINT8", True, ALL), ("UINT8", True, PRODUCTS), ("UINT16", True, PRODUCTS)], False))
    with open(os.path.join(out, "qdq.json"), "w", newline="\n") as file:
        json.dump({"onnxruntime": "1.30.0", **goldens}, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main(*sys.argv[1:3])
