package io.edgellm.trust.oms;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The verification procedure of OpenSSF Model Signing v1.0. Immutable and thread-safe.
 *
 * <p>Stricter than the specification in two points: files that were not signed are always refused,
 * and symbolic links are followed only if both signer and caller say so.
 */
public final class OmsVerifier {
  private final List<MethodVerifier> trusted;
  private final ModelHasher hasher;

  /**
   * @param trusted whose signatures count
   * @param hasher how files are read
   */
  public OmsVerifier(Collection<? extends MethodVerifier> trusted, ModelHasher hasher) {
    this.trusted = List.copyOf(trusted);
    this.hasher = hasher;
  }

  /**
   * Verifies a model: signature, statement and every file.
   *
   * @param root the directory, or the single file
   * @param bundle the content of the signature file
   * @param alsoIgnored paths in the model that are ignored beside those of the signature
   * @param symlinks what becomes of links
   */
  public SignedStatement verify(
      Path root, byte[] bundle, Collection<String> alsoIgnored, Symlinks symlinks) throws OmsFault {
    SignedStatement signed = verifySignature(SignatureBundle.parse(bundle));
    Serialization serialization = signed.statement().serialization();
    IgnoredPaths ignored = IgnoredPaths.git().and(serialization.ignoredPaths()).and(alsoIgnored);
    Symlinks effective = serialization.allowSymlinks() ? symlinks : Symlinks.REFUSED;
    verifyFiles(signed.statement(), ModelFiles.list(root, ignored, effective), effective);
    return signed;
  }

  /** Verifies who signed, and reads what was signed. */
  public SignedStatement verifySignature(SignatureBundle bundle) throws OmsFault {
    OmsFault fault = null;
    for (MethodVerifier signer : trusted) {
      if (signer.isClaimedBy(bundle.material())) {
        try {
          return signer.verify(bundle);
        } catch (OmsFault e) {
          fault = fault == null ? e : moreTelling(fault, e);
        }
      }
    }
    throw fault == null ? untrusted(bundle.material()) : fault;
  }

  // Whoever knows the signature and finds it bad says more than one who does not know it.
  private static OmsFault moreTelling(OmsFault first, OmsFault second) {
    return first.kind() == OmsFault.Kind.UNTRUSTED_SIGNER ? second : first;
  }

  private OmsFault untrusted(VerificationMaterial material) {
    if (material instanceof VerificationMaterial.PublicKey key) {
      return new OmsFault(
          OmsFault.Kind.UNTRUSTED_SIGNER,
          "No trusted key has the fingerprint "
              + key.hint()
              + ": add the signer's key to the policy, or sign with a trusted key.",
          key.hint());
    }
    return new OmsFault(
        OmsFault.Kind.UNTRUSTED_SIGNER,
        "The signature was made by the method '"
            + material.method()
            + "', but only ["
            + trusted.stream()
                .map(MethodVerifier::method)
                .distinct()
                .collect(Collectors.joining(", "))
            + "] is trusted: sign with a trusted key.",
        material.method());
  }

  /**
   * Holds files against a statement: none missing, none extra, each one equal. Returns what was
   * read.
   */
  public List<HashedFile> verifyFiles(Statement statement, List<ModelFile> files, Symlinks symlinks)
      throws OmsFault {
    List<ModelFile> named = withSignedName(statement, files);
    requireSameNames(statement, named);
    if (statement.serialization().partition() instanceof Partition.Shards shards) {
      requireSameCount(statement, named, shards);
    }
    List<HashedFile> hashed = hasher.hash(named, statement.serialization().partition(), symlinks);
    requireSameResources(statement, hashed);
    return hashed;
  }

  // The specification names a single file by its file name, the reference implementation '.'.
  private static List<ModelFile> withSignedName(Statement statement, List<ModelFile> files) {
    if (files.size() == 1 && files.get(0).name().equals(ModelFiles.SINGLE_FILE)) {
      Path fileName = files.get(0).path().getFileName();
      if (fileName != null && statement.fileNames().contains(fileName.toString())) {
        return List.of(new ModelFile(fileName.toString(), files.get(0).path()));
      }
    }
    return files;
  }

  private static void requireSameNames(Statement statement, List<ModelFile> files) throws OmsFault {
    Set<String> missing = new HashSet<>(statement.fileNames());
    boolean sharded = statement.serialization().partition() instanceof Partition.Shards;
    for (ModelFile file : files) {
      // An empty file has no shards; its emptiness is checked with the digests.
      if (!missing.remove(file.name()) && !sharded) {
        throw extra(file.name());
      }
    }
    if (!missing.isEmpty()) {
      String name = missing.stream().sorted().findFirst().orElseThrow();
      throw new OmsFault(
          OmsFault.Kind.UNEXPECTED_FILES,
          "'" + name + "' was signed but is not there: fetch the release again.",
          name);
    }
  }

  // Before anything is hashed: a tiny shard size must not turn large files into endless lists.
  private static void requireSameCount(
      Statement statement, List<ModelFile> files, Partition.Shards shards) throws OmsFault {
    Set<String> signed = statement.fileNames();
    long left = statement.resources().size();
    for (ModelFile file : files) {
      try {
        long size = Files.size(file.path());
        if (size > 0 && !signed.contains(file.name())) {
          throw extra(file.name());
        }
        left -= size / shards.shardBytes() + (size % shards.shardBytes() == 0 ? 0 : 1);
      } catch (IOException e) {
        throw new OmsFault(
            OmsFault.Kind.UNREADABLE,
            "'" + file.name() + "' cannot be read (" + e + "): check the disk.",
            file.name(),
            e);
      }
      if (left < 0) {
        throw tampered(file.name());
      }
    }
  }

  private static void requireSameResources(Statement statement, List<HashedFile> files)
      throws OmsFault {
    Map<String, Resource> signed = new HashMap<>();
    statement.resources().forEach(r -> signed.put(r.name(), r));
    Set<String> signedFiles = statement.fileNames();
    for (HashedFile file : files) {
      for (Resource found : file.resources()) {
        if (!signedFiles.contains(file.name())) {
          throw extra(file.name());
        }
        if (!found.equals(signed.remove(found.name()))) {
          throw tampered(file.name());
        }
      }
    }
    if (!signed.isEmpty()) {
      throw tampered(signed.keySet().stream().sorted().findFirst().orElseThrow());
    }
  }

  private static OmsFault extra(String name) {
    return new OmsFault(
        OmsFault.Kind.UNEXPECTED_FILES,
        "'" + name + "' was not signed: remove it, or fetch the release again.",
        name);
  }

  private static OmsFault tampered(String name) {
    return new OmsFault(
        OmsFault.Kind.TAMPERED,
        "'" + name + "' differs from what was signed: fetch the release again.",
        name);
  }
}
