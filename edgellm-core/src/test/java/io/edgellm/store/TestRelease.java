package io.edgellm.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.edgellm.model.Artifact;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Requirements;
import io.edgellm.model.Sha256;
import io.edgellm.trust.ModelVerifier;
import io.edgellm.trust.SignedRelease;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A small signed release, with its files. */
final class TestRelease {
  static final ModelId MODEL = new ModelId("assistant");

  private final ReleaseManifest manifest;
  private final byte[] signature;
  private final Map<String, byte[]> contents;

  TestRelease(ReleaseManifest manifest, byte[] signature, Map<String, byte[]> contents) {
    this.manifest = manifest;
    this.signature = signature;
    this.contents = contents;
  }

  ReleaseManifest manifest() {
    return manifest;
  }

  byte[] signature() {
    return signature;
  }

  Map<String, byte[]> contents() {
    return contents;
  }

  ModelVersion version() {
    return manifest.version();
  }

  SignedRelease papers() {
    return SignedRelease.of(json(), signature);
  }

  byte[] json() {
    return manifest.toJson();
  }

  /** Files of which some are the same in every version, as tokenizers are. */
  static Map<String, byte[]> files(String version) {
    Map<String, byte[]> files = new TreeMap<>();
    files.put("model.onnx", ("graph of " + version).getBytes(UTF_8));
    files.put("weights/block-0.data", ("weights of " + version).repeat(50).getBytes(UTF_8));
    files.put("tokenizer.json", "the same vocabulary in every version".getBytes(UTF_8));
    return files;
  }

  static ReleaseManifest manifest(
      ModelId model, String version, long rollbackIndex, Map<String, byte[]> files) {
    List<Artifact> artifacts = new ArrayList<>();
    files.forEach((path, bytes) -> artifacts.add(artifact(path, bytes)));
    return new ReleaseManifest(
        model,
        ModelVersion.parse(version),
        Instant.parse("2026-01-01T00:00:00Z"),
        ReleaseManifest.Format.ONNX_GENAI,
        artifacts,
        new Requirements(List.of(), List.of(), "onnxruntime", "1.28.0", 0, 128),
        null,
        null,
        Map.of(),
        rollbackIndex,
        List.of(),
        List.of());
  }

  static Artifact artifact(String path, byte[] bytes) {
    List<Sha256> chunks = new ArrayList<>();
    for (int at = 0; at < bytes.length; at += Artifact.CHUNK_BYTES) {
      int end = Math.min(bytes.length, at + Artifact.CHUNK_BYTES);
      chunks.add(Sha256.of(Arrays.copyOfRange(bytes, at, end)));
    }
    return new Artifact(
        path,
        bytes.length,
        Sha256.of(bytes),
        "application/octet-stream",
        Artifact.Role.WEIGHTS,
        chunks);
  }

  /** Brings what is missing into a store. */
  void fetchInto(ModelStore store) throws IOException {
    for (Artifact file : store.missing(manifest)) {
      Optional<PartialBlob> opened = store.openPartial(file);
      if (opened.isPresent()) {
        try (PartialBlob partial = opened.get()) {
          Files.write(partial.path(), contentOf(file.path()));
          partial.commit();
        }
      }
    }
  }

  byte[] contentOf(String path) {
    byte[] bytes = contents.get(path);
    if (bytes == null) {
      throw new IllegalArgumentException(path);
    }
    return bytes;
  }

  StoredModel installInto(ModelStore store, ModelVerifier verifier) throws IOException {
    fetchInto(store);
    return store.install(papers(), verifier);
  }

  /** Verifies the installed version and activates it. */
  ModelState activateIn(ModelStore store, ModelVerifier verifier) {
    try (Lease lease = store.lease(manifest.model(), version())) {
      return store.activate(lease.verify(verifier).orElseThrow());
    }
  }

  /** Goes the whole way of a good release. */
  void commitIn(ModelStore store, ModelVerifier verifier) throws IOException {
    installInto(store, verifier);
    activateIn(store, verifier);
    store.chargeAttempt(manifest.model());
    store.markHealthy(manifest.model(), version());
  }
}
