package io.edgellm.model;

import java.util.List;

/**
 * What a device must have to run a release.
 *
 * @param architectures processors that it runs on, as {@link DeviceProfile#architecture()} names
 *     them; empty means any
 * @param operatingSystems as {@link DeviceProfile#operatingSystem()} names them; empty means any
 * @param runtime the runtime, for instance {@code onnxruntime}
 * @param minRuntimeVersion the lowest version of it, as dotted numbers
 * @param minRamBytes memory that must be free for weights, a full cache and working space
 * @param contextLength the longest prompt and answer together, in tokens
 */
public record Requirements(
    List<String> architectures,
    List<String> operatingSystems,
    String runtime,
    String minRuntimeVersion,
    long minRamBytes,
    int contextLength) {

  /** Copies the lists and refuses nonsense numbers. */
  public Requirements {
    architectures = List.copyOf(architectures);
    operatingSystems = List.copyOf(operatingSystems);
    if (contextLength < 1 || minRamBytes < 0) {
      throw new ModelException(
          ModelException.Reason.INVALID_VALUE,
          "A release needs a context of at least one token and no negative memory.",
          contextLength < 1 ? "requirements.contextLength" : "requirements.minRamBytes");
    }
    if (!minRuntimeVersion.matches("\\d{1,9}(\\.\\d{1,9}){0,3}")) {
      throw new ModelException(
          ModelException.Reason.INVALID_VALUE,
          "'" + minRuntimeVersion + "' is not a version of a runtime: write dotted numbers.",
          "requirements.minRuntimeVersion");
    }
  }
}
