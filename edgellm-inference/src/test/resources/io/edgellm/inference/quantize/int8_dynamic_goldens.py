"""What onnxruntime.quantization.quantize_dynamic makes of the sample model and of a small graph.

usage: int8_dynamic_goldens.py SAMPLE_MODEL_DIR OUT_DIR        (onnxruntime 1.30.0, onnx 1.23.1)

int8-dynamic.json      for both layouts of the sample model: name, type, dims and sha256 of every tensor
                       that the quantizer adds, and sha256 of the sorted list of all nodes
int8-small.fp32.onnx   a graph with what the sample model has not: an input that several products share,
                       a weight that two share, a node without a name, zeros, ties, a single row
int8-small.*.onnx      what became of it; to be run in one runtime beside the result of another quantizer
"""
import hashlib
import json
import os
import sys
import tempfile

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

CONFIGS = [(channel, reduced) for channel in (False, True) for reduced in (False, True)]


def quantize(source, target, channel, reduced):
    # DefaultTensorType: ONNX shape inference knows nothing of com.microsoft operators
    quantize_dynamic(source, target, weight_type=QuantType.QInt8, per_channel=channel, reduce_range=reduced,
                     op_types_to_quantize=["MatMul"], extra_options={"DefaultTensorType": TensorProto.FLOAT})


def value(attribute):
    if attribute.type == onnx.AttributeProto.INT:
        return str(attribute.i)
    if attribute.type == onnx.AttributeProto.INTS:
        return " ".join(map(str, attribute.ints))
    return "type " + str(attribute.type)


def node_line(node):
    attributes = sorted(a.name + "=" + value(a) for a in node.attribute)
    return "|".join([node.domain, node.op_type, node.name, " ".join(node.input), " ".join(node.output), *attributes])


def describe(source, quantized):
    before = {t.name for t in onnx.load(source, load_external_data=False).graph.initializer}
    graph = onnx.load(quantized).graph
    tensors = {t.name: TensorProto.DataType.Name(t.data_type) + str(list(t.dims))
               + hashlib.sha256(numpy_helper.to_array(t).tobytes()).hexdigest()
               for t in graph.initializer if t.name not in before}
    lines = "".join(sorted(node_line(n) + "\n" for n in graph.node))
    return {"tensors": dict(sorted(tensors.items())), "nodes": len(graph.node),
            "nodesSha256": hashlib.sha256(lines.encode()).hexdigest()}


def small(path):
    r = np.random.default_rng(7)
    w1 = r.standard_normal((24, 40)).astype(np.float32)
    w1[:, 3] = 0                                     # a channel of zeros
    w1[:, 5] = np.float32(1e-40)                     # one whose scale would be no normal number
    w1[0, :4] = [127, 63.5, -0.5, 1.5]               # halves, to be rounded to even
    w2 = (r.standard_normal((40, 24)) * np.exp(r.standard_normal(24))).astype(np.float32)
    w3 = np.zeros((24, 8), np.float32)
    w4 = r.standard_normal((40, 1)).astype(np.float32)
    n = helper.make_node
    nodes = [n("MatMul", ["x", "w1"], ["a"], "first"), n("Sigmoid", ["a"], ["b"], "act"),
             n("MatMul", ["b", "w2"], ["c"], "second"), n("MatMul", ["c", "w1"], ["d"], "again"),
             n("MatMul", ["x", "w3"], ["e"], ""), n("MatMul", ["d", "w4"], ["f"], "column"),
             n("Concat", ["d", "e", "f"], ["y"], "all", axis=-1)]
    graph = helper.make_graph(
        nodes, "small", [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["rows", 24])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["rows", 49])],
        [numpy_helper.from_array(w, name) for w, name in ((w1, "w1"), (w2, "w2"), (w3, "w3"), (w4, "w4"))])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)


def main(sample, out):
    configs = []
    with tempfile.TemporaryDirectory() as temp:
        for layout, graph in (("genai", "genai/model.onnx"), ("optimum", "optimum/onnx/model.onnx")):
            for channel, reduced in CONFIGS:
                target = os.path.join(temp, "model.onnx")
                source = os.path.join(sample, graph)
                quantize(source, target, channel, reduced)
                configs.append({"layout": layout, "perChannel": channel, "reduceRange": reduced, **describe(source, target)})
        source = os.path.join(out, "int8-small.fp32.onnx")
        small(source)
        for channel, reduced in CONFIGS:
            name = "int8-small." + ("channel" if channel else "tensor") + ("-reduced" if reduced else "") + ".onnx"
            quantize(source, os.path.join(out, name), channel, reduced)
    with open(os.path.join(out, "int8-dynamic.json"), "w", newline="\n") as file:
        json.dump({"onnxruntime": "1.30.0", "configs": configs}, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main(*sys.argv[1:3])
