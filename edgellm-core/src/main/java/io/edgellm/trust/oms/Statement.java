package io.edgellm.trust.oms;

import io.edgellm.model.Sha256;
import java.security.MessageDigest;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What a model signature says: this model consists of exactly these resources. An <a
 * href="https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md">in-toto statement
 * v1</a> with the predicate of OpenSSF Model Signing v1.0.
 *
 * @param subject a name for people; nothing depends on it
 * @param serialization how the resources were made from files
 * @param resources the resources, in the order of their signature
 */
public record Statement(String subject, Serialization serialization, List<Resource> resources) {

  /** Copies the list. */
  public Statement {
    resources = List.copyOf(resources);
  }

  /** Reads a payload whose signature was verified. */
  public static Statement parse(byte[] payload) throws OmsFault {
    return StatementCodec.read(payload);
  }

  /** Returns the canonical JSON: the same statement always gives the same bytes. */
  public byte[] toJson() {
    return StatementCodec.write(this);
  }

  /** Returns the digest over the digests of all resources in order: the name of the whole. */
  public Sha256 rootDigest() {
    MessageDigest digest = Sha256.newDigest();
    resources.forEach(r -> digest.update(r.digest().bytes()));
    return Sha256.of(digest.digest(), 0);
  }

  /** Returns the files that the resources are of, each once. */
  public Set<String> fileNames() {
    Set<String> names = new LinkedHashSet<>();
    for (Resource resource : resources) {
      names.add(
          serialization.partition() instanceof Partition.Shards
              ? resource.name().replaceFirst(":\\d+:\\d+$", "")
              : resource.name());
    }
    return names;
  }
}
