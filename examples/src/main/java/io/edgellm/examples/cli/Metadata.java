package io.edgellm.examples.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.trust.tuf.TufVersions;

/** What devices see of a repository, as an answer. */
final class Metadata {
  private Metadata() {}

  static String text(TufVersions versions) {
    return "root "
        + versions.root()
        + ", timestamp "
        + versions.timestamp()
        + ", snapshot "
        + versions.snapshot()
        + ", targets "
        + versions.targets()
        + ", valid until "
        + versions.validUntil();
  }

  static ObjectNode json(TufVersions versions) {
    return Console.object()
        .put("root", versions.root())
        .put("timestamp", versions.timestamp())
        .put("snapshot", versions.snapshot())
        .put("targets", versions.targets())
        .put("validUntil", versions.validUntil().toString());
  }
}
