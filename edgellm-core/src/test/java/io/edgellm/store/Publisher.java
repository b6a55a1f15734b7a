package io.edgellm.store;

import io.edgellm.model.ModelId;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.trust.ModelVerifier;
import io.edgellm.trust.PolicyModelVerifier;
import io.edgellm.trust.SignedRelease;
import io.edgellm.trust.SignerKey;
import io.edgellm.trust.TrustPolicy;
import io.edgellm.trust.Verdict;
import io.edgellm.trust.oms.EcSigningKey;
import io.edgellm.trust.oms.EcdsaCurve;
import io.edgellm.trust.oms.OmsFault;
import io.edgellm.trust.oms.OmsSigner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Signs small releases with a key of its own. */
final class Publisher {
  private final EcSigningKey key = EcSigningKey.generate(EcdsaCurve.P256);
  private final Path scratch;
  private int releases;

  Publisher(Path scratch) {
    this.scratch = scratch;
  }

  String publicKeyPem() {
    return key.publicKey().toPem();
  }

  ModelVerifier verifier() {
    return verifier(publicKeyPem());
  }

  static ModelVerifier verifier(String publicKeyPem) {
    return PolicyModelVerifier.of(
        TrustPolicy.builder()
            .signer("publisher", SignerKey.fromPem(publicKeyPem), "*")
            .signatureAlone()
            .build());
  }

  /** Makes a verifier that answers as it likes. */
  static ModelVerifier answering(Function<Path, Verdict> answer) {
    return new ModelVerifier() {
      @Override
      public Verdict verify(Path directory) {
        return answer.apply(directory);
      }

      @Override
      public Optional<Verdict.Rejected> examine(SignedRelease release) {
        return Optional.empty();
      }
    };
  }

  TestRelease release(String version) throws IOException {
    return release(TestRelease.MODEL, version, 0);
  }

  TestRelease release(ModelId model, String version, long rollbackIndex) throws IOException {
    Map<String, byte[]> files = TestRelease.files(version);
    return sign(TestRelease.manifest(model, version, rollbackIndex, files), files);
  }

  TestRelease sign(ReleaseManifest manifest, Map<String, byte[]> files) throws IOException {
    Path directory = scratch.resolve("release-" + releases++);
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Path path = directory.resolve(file.getKey());
      Files.createDirectories(path.resolveSibling(""));
      Files.write(path, file.getValue());
    }
    Files.write(directory.resolve(ReleaseManifest.FILE_NAME), manifest.toJson());
    try {
      return new TestRelease(manifest, new OmsSigner(key).sign(directory, List.of()), files);
    } catch (OmsFault e) {
      throw new IOException(e);
    }
  }
}
