package io.edgellm.model;

import java.util.List;

/**
 * A small set of weights that changes what a model does while it runs, such as a LoRA.
 *
 * @param name how requests call it
 * @param files the paths of its files among the files of the release
 */
public record Adapter(String name, List<String> files) {
  /** Refuses an adapter without a name or files. */
  public Adapter {
    files = List.copyOf(files);
    if (name.isBlank() || files.isEmpty()) {
      throw new ModelException(
          ModelException.Reason.INVALID_VALUE,
          "An adapter has a name and at least one file.",
          "adapters");
    }
  }
}
