package io.edgellm.transfer.oci;

import io.edgellm.transfer.HttpAnswer;
import io.edgellm.transfer.TransferException;

/** What somebody wants of a repository, and hears if he may not. */
enum OciRight {
  /** What a device wants. */
  PULL("pull") {
    @Override
    TransferException refusal(HttpAnswer answer, String where, long askedBytes) {
      return RegistryError.of(answer, where, askedBytes);
    }
  },
  /** What a publisher wants. */
  PUSH("pull,push") {
    @Override
    TransferException refusal(HttpAnswer answer, String where, long askedBytes) {
      return RegistryError.toPublisher(answer, where);
    }
  };

  private final String actions;

  OciRight(String actions) {
    this.actions = actions;
  }

  /** Returns what a token service is asked for. */
  String scope(String repository) {
    return "repository:" + repository + ":" + actions;
  }

  /** Says a refusal as whoever asked must hear it. */
  abstract TransferException refusal(HttpAnswer answer, String where, long askedBytes);
}
