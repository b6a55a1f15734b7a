package io.edgellm.telemetry;

import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.trust.LoadableModel;
import io.edgellm.trust.VerifiedModel;

/**
 * What measurements are kept apart by: a model, its version, and the stage of the rollout in which
 * this device runs it. Nothing about the device or the person belongs here.
 *
 * @param model the name of the model line
 * @param version its version
 * @param stage the stage of the rollout, for instance {@code canary} or {@code stable}
 */
public record ModelLabels(String model, String version, String stage) {
  /** What stands in every label once there are more label sets than are kept apart. */
  public static final ModelLabels OTHER = new ModelLabels("__other__", "__other__", "__other__");

  private static final int MAX_LENGTH = 256;

  /** Refuses labels that are blank or longer than 256 characters. */
  public ModelLabels {
    requireLabel("model", model);
    requireLabel("version", version);
    requireLabel("stage", stage);
  }

  private static void requireLabel(String name, String value) {
    if (value.isBlank() || value.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "The label '" + name + "' needs 1 to " + MAX_LENGTH + " characters.");
    }
  }

  /** Returns the labels of a version in a stage. */
  public static ModelLabels of(ModelId model, ModelVersion version, String stage) {
    return new ModelLabels(model.value(), version.toString(), stage);
  }

  /**
   * Returns the labels of a model directory in a stage: name and version of a verified one; a
   * development directory has its title as name and no version but {@code development}.
   */
  public static ModelLabels of(LoadableModel model, String stage) {
    return model instanceof VerifiedModel verified
        ? of(verified.manifest().model(), verified.manifest().version(), stage)
        : new ModelLabels(model.title(), "development", stage);
  }

  /** Returns whether these are labels of a version, in any stage. */
  public boolean isOf(ModelId model, ModelVersion version) {
    return this.model.equals(model.value()) && this.version.equals(version.toString());
  }
}
