package io.edgellm.trust;

import java.nio.file.Path;

/**
 * A model directory that an engine may open: either verified, or opened by a developer who said so.
 *
 * <p>There is no third way: a path alone opens nothing.
 */
public sealed interface LoadableModel permits VerifiedModel, DevelopmentModel {

  /** Returns the directory with the model's files; what is opened stays inside it. */
  Path directory();

  /** Returns model and version, for people and for labels. */
  String title();

  /** Returns the paper that says why this model may be opened. */
  VerificationReceipt receipt();
}
