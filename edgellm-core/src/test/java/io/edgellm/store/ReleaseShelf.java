package io.edgellm.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.edgellm.model.Artifact;
import io.edgellm.model.ModelId;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.trust.ModelVerifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Signed releases on a disk, for processes that cannot sign. */
final class ReleaseShelf {
  private final Path directory;

  ReleaseShelf(Path directory) {
    this.directory = directory;
  }

  /** Makes a few versions of each model, of which each has a file of its own in a directory. */
  static List<TestRelease> publish(
      Publisher publisher, List<ModelId> models, int versions, int weightBytes) throws IOException {
    List<TestRelease> releases = new ArrayList<>();
    for (ModelId model : models) {
      for (int i = 1; i <= versions; i++) {
        String name = model + " " + i;
        Map<String, byte[]> files = new TreeMap<>(TestRelease.files(name));
        files.put("weights/block-0.data", (name + "\n").repeat(weightBytes / 16).getBytes(UTF_8));
        releases.add(publisher.sign(TestRelease.manifest(model, i + ".0.0", 0, files), files));
      }
    }
    return releases;
  }

  void put(List<TestRelease> releases, String publicKeyPem) throws IOException {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve("publisher.pem"), publicKeyPem);
    for (TestRelease release : releases) {
      Path at =
          directory.resolve(release.manifest().model().value()).resolve(release.version() + "");
      for (Map.Entry<String, byte[]> file : release.contents().entrySet()) {
        Path path = at.resolve("files").resolve(file.getKey());
        Files.createDirectories(path.resolveSibling(""));
        Files.write(path, file.getValue());
      }
      Files.write(at.resolve("release.json"), release.json());
      Files.write(at.resolve("release.sig"), release.signature());
    }
  }

  ModelVerifier verifier() throws IOException {
    return Publisher.verifier(Files.readString(directory.resolve("publisher.pem")));
  }

  /** Takes every version of a model from the shelf. */
  List<TestRelease> of(ModelId model) throws IOException {
    List<TestRelease> releases = new ArrayList<>();
    for (Path at : FileTree.children(directory.resolve(model.value()))) {
      ReleaseManifest manifest =
          ReleaseManifest.fromJson(Files.readAllBytes(at.resolve("release.json")));
      Map<String, byte[]> files = new TreeMap<>();
      for (Artifact file : manifest.files()) {
        files.put(file.path(), Files.readAllBytes(at.resolve("files").resolve(file.path())));
      }
      releases.add(new TestRelease(manifest, Files.readAllBytes(at.resolve("release.sig")), files));
    }
    return releases;
  }
}
