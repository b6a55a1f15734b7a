package io.edgellm.inference.drift;

import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * One of the models of a check.
 *
 * @param name of its directory
 * @param digest SHA-256 of what {@code sha256sum} prints for its files, sorted by path; the papers
 *     of a release do not count, since they come later; nor does, for a reference, what a quantizer
 *     says of it
 * @param sizeBytes of these files
 * @param graphs how many of them are ONNX graphs
 */
public record CheckedModel(String name, Sha256 digest, long sizeBytes, int graphs) {
  /** What a quantizer writes beside its result: part of a release, and not of a source. */
  private static final String QUANTIZATION = "quantization.json";

  private static final Set<String> PAPERS =
      Set.of(
          ReleaseManifest.FILE_NAME,
          ReleaseManifest.SIGNATURE_FILE_NAME,
          ReleaseManifest.ATTESTATIONS_FILE_NAME,
          ReleaseManifest.RECEIPT_FILE_NAME);

  /** Digests a reference as a quantizer digests its source. */
  static CheckedModel reference(Path directory) throws IOException {
    return of(directory, Set.of(QUANTIZATION));
  }

  /** Digests a candidate as a release is to have it. */
  static CheckedModel candidate(Path directory) throws IOException {
    return of(directory, Set.of());
  }

  private static CheckedModel of(Path directory, Set<String> without) throws IOException {
    Map<String, Path> files = new TreeMap<>();
    long size = 0;
    try (Stream<Path> walk = Files.walk(directory)) {
      for (Path file : (Iterable<Path>) walk::iterator) {
        String name = directory.relativize(file).toString().replace('\\', '/');
        if (Files.isRegularFile(file) && !PAPERS.contains(name) && !without.contains(name)) {
          files.put(name, file);
          size += Files.size(file);
        }
      }
    }
    int graphs = (int) files.keySet().stream().filter(name -> name.endsWith(".onnx")).count();
    return new CheckedModel(
        String.valueOf(directory.getFileName()), FileDigests.of(files), size, graphs);
  }
}
