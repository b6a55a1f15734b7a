package io.edgellm.benchmarks.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.edgellm.model.Artifact;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Requirements;
import io.edgellm.model.Sha256;
import io.edgellm.store.ModelStore;
import io.edgellm.store.PartialBlob;
import io.edgellm.trust.ModelVerifier;
import io.edgellm.trust.PolicyModelVerifier;
import io.edgellm.trust.SignedRelease;
import io.edgellm.trust.SignerKey;
import io.edgellm.trust.TrustPolicy;
import io.edgellm.trust.oms.EcSigningKey;
import io.edgellm.trust.oms.EcdsaCurve;
import io.edgellm.trust.oms.OmsFault;
import io.edgellm.trust.oms.OmsSigner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Signed releases of three small files each, so that what is measured is the store. */
final class SmallReleases {
  private static final int WEIGHT_BYTES = 4096;

  private final EcSigningKey key = EcSigningKey.generate(EcdsaCurve.P256);
  private final Path scratch;

  SmallReleases(Path scratch) {
    this.scratch = scratch;
  }

  /** A release and what its files hold. */
  record Published(SignedRelease papers, Map<String, byte[]> files) {

    /** Brings the files into a store. */
    void fetchInto(ModelStore store) throws IOException {
      for (Artifact file : store.missing(papers.manifest())) {
        Optional<PartialBlob> opened = store.openPartial(file);
        if (opened.isPresent()) {
          try (PartialBlob partial = opened.get()) {
            Files.write(partial.path(), files.getOrDefault(file.path(), new byte[0]));
            partial.commit();
          }
        }
      }
    }
  }

  ModelVerifier verifier() {
    return PolicyModelVerifier.of(
        TrustPolicy.builder()
            .signer("publisher", SignerKey.fromPem(key.publicKey().toPem()), "*")
            .signatureAlone()
            .build());
  }

  Published release(ModelId model, int number) throws IOException, OmsFault {
    Map<String, byte[]> files = new TreeMap<>();
    files.put("model.onnx", (model + " graph " + number).getBytes(UTF_8));
    files.put("tokenizer.json", "the same vocabulary in every version".getBytes(UTF_8));
    String weights = model + " weights " + number + "\n";
    files.put("weights/0.data", weights.repeat(WEIGHT_BYTES / weights.length()).getBytes(UTF_8));
    ReleaseManifest manifest = manifest(model, number, files);
    Path directory = scratch.resolve(model + "-" + number);
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Path path = directory.resolve(file.getKey());
      Files.createDirectories(path.resolveSibling(""));
      Files.write(path, file.getValue());
    }
    Files.write(directory.resolve(ReleaseManifest.FILE_NAME), manifest.toJson());
    byte[] signature = new OmsSigner(key).sign(directory, List.of());
    return new Published(SignedRelease.of(manifest.toJson(), signature), files);
  }

  private static ReleaseManifest manifest(ModelId model, int number, Map<String, byte[]> files) {
    List<Artifact> artifacts = new ArrayList<>();
    files.forEach(
        (path, bytes) ->
            artifacts.add(
                new Artifact(
                    path,
                    bytes.length,
                    Sha256.of(bytes),
                    "application/octet-stream",
                    Artifact.Role.WEIGHTS,
                    List.of(Sha256.of(bytes)))));
    return new ReleaseManifest(
        model,
        ModelVersion.parse(number + ".0.0"),
        Instant.parse("2026-01-01T00:00:00Z"),
        ReleaseManifest.Format.ONNX_GENAI,
        artifacts,
        new Requirements(List.of(), List.of(), "onnxruntime", "1.28.0", 0, 128),
        null,
        null,
        Map.of(),
        0,
        List.of(),
        List.of());
  }
}
