package io.edgellm.inference.delta;

import io.edgellm.delta.TensorAlignment;
import io.edgellm.delta.TensorAlignment.Region;
import io.edgellm.inference.onnx.MalformedOnnxException;
import io.edgellm.model.Artifact;
import io.edgellm.release.ReleaseException;
import io.edgellm.release.ReleaseFiles;
import io.edgellm.release.TensorAligner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Aligns the tensors of two ONNX models by name, type and shape, whether their bytes lie in the
 * graph or in a file beside it.
 *
 * <p>A graph that cannot be read aligns nothing; the delta is then made without it. Thread-safe.
 */
public final class OnnxTensorAligner implements TensorAligner {

  /** An aligner; it holds nothing. */
  public OnnxTensorAligner() {}

  @Override
  public TensorAlignment align(
      ReleaseFiles base, Artifact old, ReleaseFiles target, Artifact fresh) {
    Map<String, StoredTensor> before = new HashMap<>();
    for (StoredTensor tensor : tensors(base, old)) {
      before.putIfAbsent(tensor.name(), tensor);
    }
    List<Region> regions = new ArrayList<>();
    for (StoredTensor tensor : tensors(target, fresh)) {
      StoredTensor origin = before.get(tensor.name());
      if (origin != null && origin.isLike(tensor)) {
        regions.add(
            new Region(tensor.offset(), origin.offset(), tensor.lengthBytes(), tensor.kind()));
      }
    }
    return new TensorAlignment(regions);
  }

  private static List<StoredTensor> tensors(ReleaseFiles release, Artifact file) {
    List<StoredTensor> tensors = new ArrayList<>();
    for (Artifact graph : release.manifest().files()) {
      if (graph.role() == Artifact.Role.GRAPH) {
        tensors.addAll(tensors(release.locate(graph), graph.path(), file));
      }
    }
    return tensors;
  }

  private static List<StoredTensor> tensors(Path graph, String path, Artifact file) {
    try {
      return GraphTensors.read(graph, path).in(file);
    } catch (MalformedOnnxException e) {
      return List.of();
    } catch (IOException e) {
      throw new ReleaseException(
          ReleaseException.Reason.IO,
          "'" + path + "' cannot be read (" + e + "): check the disk.",
          path,
          e);
    }
  }
}
