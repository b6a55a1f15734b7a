package io.edgellm.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Requirements;
import io.edgellm.model.Sha256;
import io.edgellm.release.ReleaseBuilder;
import io.edgellm.release.ReleaseSigner;
import io.edgellm.trust.ModelVerifier;
import io.edgellm.trust.PolicyModelVerifier;
import io.edgellm.trust.SignedRelease;
import io.edgellm.trust.TrustPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sample model in caches of other tools becomes a release that this device signs itself. */
class OwnReleaseTest {
  private static final ModelId MODEL = new ModelId("assistant");
  private static final Path SAMPLE = Path.of(System.getProperty("edgellm.sample.dir"), "optimum");

  private final Path directory;
  private final ReleaseSigner signer = ReleaseSigner.generate();
  private final ModelVerifier verifier =
      PolicyModelVerifier.of(
          TrustPolicy.builder()
              .signer("this device", signer.publicKey(), MODEL.value())
              .signatureAlone()
              .build());

  OwnReleaseTest(@TempDir Path directory) throws IOException {
    this.directory = directory.toRealPath();
  }

  private static Map<String, byte[]> sample() throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(SAMPLE)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        files.put(SAMPLE.relativize(file).toString().replace('\\', '/'), Files.readAllBytes(file));
      }
    }
    return files;
  }

  /** The files below a directory by their relative names, links followed. */
  private static Map<String, Path> named(Path root) throws IOException {
    Map<String, Path> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(root)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        files.put(root.relativize(file).toString(), file);
      }
    }
    return files;
  }

  private void assertInstalled(Map<String, Path> files, ModelVersion version) throws IOException {
    Path work = directory.resolve("work");
    for (Map.Entry<String, Path> file : files.entrySet()) {
      Path name = work.resolve(file.getKey());
      Files.createDirectories(name.resolveSibling(""));
      Files.createLink(name, file.getValue().toRealPath());
    }
    ReleaseManifest manifest =
        ReleaseBuilder.of(
                work,
                MODEL,
                version,
                ReleaseManifest.Format.ONNX_OPTIMUM,
                new Requirements(List.of(), List.of(), "onnxruntime", "1.28.0", 1L << 20, 512))
            .build();
    SignedRelease release = signer.sign(manifest);
    try (ModelStore store = ModelStore.open(directory.resolve("store"), StoreOptions.defaults())) {
      AdoptionReport report =
          store.adopt(manifest, work, AdoptionOptions.defaults(), AdoptionListener.silent());
      assertThat(report.missing()).isEmpty();
      StoredModel installed = store.install(release, verifier);
      for (Map.Entry<String, Path> file : files.entrySet()) {
        assertThat(Files.isSameFile(installed.directory().resolve(file.getKey()), file.getValue()))
            .as(file.getKey())
            .isTrue();
      }
    }
  }

  @Test
  void ofASnapshotOfHuggingFace() throws IOException {
    Path snapshot = ForeignCaches.huggingFace(directory.resolve("hub"), sample());

    assertInstalled(named(snapshot), ModelVersion.parse("1.0.0"));
  }

  @Test
  void ofAVersionOfTriton() throws IOException {
    Path repository = ForeignCaches.triton(directory.resolve("repository"), sample());

    assertInstalled(named(repository.resolve("assistant/1")), ModelVersion.parse("1.0.0"));
  }

  @Test
  void ofBlobsOfOllama() throws IOException {
    Path models = ForeignCaches.ollama(directory.resolve("models"), sample());
    Map<String, Path> files = new TreeMap<>();
    for (Map.Entry<String, byte[]> file : sample().entrySet()) {
      String digest = Sha256.of(file.getValue()).hex();
      files.put(file.getKey(), models.resolve("blobs/sha256-" + digest));
    }

    assertInstalled(files, ModelVersion.parse("1.0.0"));
  }
}
