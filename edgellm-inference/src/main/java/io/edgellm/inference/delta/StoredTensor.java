package io.edgellm.inference.delta;

import io.edgellm.delta.ElementKind;
import java.util.List;

/**
 * A tensor in a file.
 *
 * @param name its name in the graph
 * @param type the number of its type in ONNX
 * @param dims its shape
 * @param kind what its bytes are
 * @param offset its first byte in the file
 * @param lengthBytes its length
 */
record StoredTensor(
    String name, int type, List<Long> dims, ElementKind kind, long offset, long lengthBytes) {
  StoredTensor {
    dims = List.copyOf(dims);
  }

  boolean isLike(StoredTensor other) {
    return type == other.type && dims.equals(other.dims) && lengthBytes == other.lengthBytes;
  }
}
