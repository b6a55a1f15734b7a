package io.edgellm.trust.oms;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Signs models by the methods <i>key</i> and <i>certificate</i>, whole files, SHA-256. Immutable
 * and thread-safe.
 *
 * <p>The payload depends on the model alone; the signature itself differs from run to run.
 */
public final class OmsSigner {
  private final OmsKey key;
  private final VerificationMaterial material;

  /**
   * Signs by the method <i>key</i>.
   *
   * @param key the key to sign with
   */
  public OmsSigner(OmsKey key) {
    this(key, new VerificationMaterial.PublicKey(key.publicKey().hint().hex()));
  }

  private OmsSigner(OmsKey key, VerificationMaterial material) {
    this.key = key;
    this.material = material;
  }

  /**
   * Returns a signer by the method <i>certificate</i>.
   *
   * @param chain goes into every signature
   * @throws OmsFault with {@code UNTRUSTED_SIGNER} if its certificate belongs to another key
   */
  public OmsSigner withCertificates(SigningChain chain) throws OmsFault {
    chain.requireKey(key.publicKey());
    return new OmsSigner(key, chain.material());
  }

  /**
   * Signs a directory or a single file, and returns the content of the signature file.
   *
   * @param ignored paths that are not signed beside those of git; recorded in the signature
   */
  public byte[] sign(Path root, Collection<String> ignored) throws OmsFault {
    return sign(
        describe(
            root, IgnoredPaths.git().and(ignored), new Partition.WholeFiles(), Symlinks.REFUSED));
  }

  /** Signs a statement, and returns the content of the signature file. */
  public byte[] sign(Statement statement) throws OmsFault {
    if (statement.resources().isEmpty()) {
      throw new OmsFault(
          OmsFault.Kind.UNEXPECTED_FILES, "There is no file to sign.", statement.subject());
    }
    return sign(statement.toJson());
  }

  /** Signs the JSON of an in-toto statement, whatever it says, and returns the bundle. */
  public byte[] sign(byte[] payload) {
    byte[] signature =
        key.sign(DsseEnvelope.preAuthenticationEncoding(DsseEnvelope.IN_TOTO, payload));
    return SignatureBundle.write(
        material, new DsseEnvelope(DsseEnvelope.IN_TOTO, Octets.of(payload), Octets.of(signature)));
  }

  /** Makes the statement about a model as it is on the disk. */
  static Statement describe(Path root, IgnoredPaths ignored, Partition partition, Symlinks symlinks)
      throws OmsFault {
    List<Resource> resources = new ArrayList<>();
    for (HashedFile file :
        ModelHasher.sequential()
            .hash(ModelFiles.list(root, ignored, symlinks), partition, symlinks)) {
      resources.addAll(file.resources());
    }
    Path name = root.toAbsolutePath().normalize().getFileName();
    return new Statement(
        name == null ? "model" : name.toString(),
        new Serialization(partition, symlinks == Symlinks.FOLLOWED, ignored.toList()),
        resources);
  }
}
