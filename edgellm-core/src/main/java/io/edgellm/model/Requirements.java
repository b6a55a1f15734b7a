package io.edgellm.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a device must have to run a release. What is empty or null demands nothing.
 *
 * @param architectures processors that it runs on, as {@link DeviceProfile#architecture()} names
 *     them; empty means any
 * @param operatingSystems as {@link DeviceProfile#operatingSystem()} names them; empty means any
 * @param runtime the runtime, for instance {@code onnxruntime}
 * @param minRuntimeVersion the lowest version of it, as dotted numbers
 * @param minRamBytes memory that must be free for weights, a full cache and working space
 * @param contextLength the longest prompt and answer together, in tokens
 * @param maxRuntimeVersion the highest version of the runtime, as {@link RuntimeRange#maxVersion()}
 * @param otherRuntimes runtimes that will do in its place
 * @param opsets the version of each operator set that the graphs use, by its domain; the set of
 *     ONNX itself is {@code ai.onnx}
 * @param executionProviders providers of ONNX Runtime, such as {@code QNNExecutionProvider}, one of
 *     which must be there
 * @param customOps domains of operators that the runtime does not bring itself
 * @param accelerator hardware beside the processor without which it does not run, as {@link
 *     DeviceProfile#accelerators()} names it
 * @param memory what the memory is for
 * @param tokenizerDigest the digest of {@code tokenizer.json}: releases with the same one count
 *     tokens alike
 * @param chatTemplateDigest the digest of the text of the chat template, in UTF-8
 */
public record Requirements(
    List<String> architectures,
    List<String> operatingSystems,
    String runtime,
    String minRuntimeVersion,
    long minRamBytes,
    int contextLength,
    @Nullable String maxRuntimeVersion,
    List<RuntimeRange> otherRuntimes,
    Map<String, Integer> opsets,
    List<String> executionProviders,
    List<String> customOps,
    @Nullable String accelerator,
    @Nullable MemoryNeed memory,
    @Nullable Sha256 tokenizerDigest,
    @Nullable Sha256 chatTemplateDigest) {

  /** The domain of the operator set of ONNX itself, which graphs write as an empty text. */
  public static final String ONNX_DOMAIN = "ai.onnx";

  /** Copies the collections and refuses nonsense numbers. */
  public Requirements {
    architectures = List.copyOf(architectures);
    operatingSystems = List.copyOf(operatingSystems);
    otherRuntimes = List.copyOf(otherRuntimes);
    opsets = Collections.unmodifiableMap(new TreeMap<>(opsets));
    executionProviders = List.copyOf(executionProviders);
    customOps = List.copyOf(customOps);
    if (contextLength < 1 || minRamBytes < 0) {
      throw new ModelException(
          ModelException.Reason.INVALID_VALUE,
          "A release needs a context of at least one token and no negative memory.",
          contextLength < 1 ? "requirements.contextLength" : "requirements.minRamBytes");
    }
    requireOpsets(opsets);
    new RuntimeRange(runtime, minRuntimeVersion, maxRuntimeVersion);
  }

  /** What every release says; it demands nothing else. */
  public Requirements(
      List<String> architectures,
      List<String> operatingSystems,
      String runtime,
      String minRuntimeVersion,
      long minRamBytes,
      int contextLength) {
    this(
        architectures,
        operatingSystems,
        runtime,
        minRuntimeVersion,
        minRamBytes,
        contextLength,
        null,
        List.of(),
        Map.of(),
        List.of(),
        List.of(),
        null,
        null,
        null,
        null);
  }

  private static void requireOpsets(Map<String, Integer> opsets) {
    opsets.forEach(
        (domain, version) -> {
          if (domain.isEmpty() || version < 1) {
            throw new ModelException(
                ModelException.Reason.INVALID_VALUE,
                "The operator set '"
                    + domain
                    + "' in version "
                    + version
                    + " is not one: name its domain ("
                    + ONNX_DOMAIN
                    + " for the set of ONNX) and a version of at least 1.",
                "requirements.opsets");
          }
        });
  }

  /** Returns the runtimes that run the release, the main one first. */
  public List<RuntimeRange> runtimes() {
    List<RuntimeRange> all = new ArrayList<>();
    all.add(new RuntimeRange(runtime, minRuntimeVersion, maxRuntimeVersion));
    all.addAll(otherRuntimes);
    return all;
  }

  /** Returns the memory that must be free: what is demanded, or what the parts of it add up to. */
  public long ramBytes() {
    return memory == null ? minRamBytes : Math.max(minRamBytes, memory.totalBytes(contextLength));
  }

  /** Returns a builder that begins with these requirements. */
  public RequirementsBuilder toBuilder() {
    return new RequirementsBuilder(this);
  }
}
