package io.edgellm.examples.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.inference.OnnxModelLoader;
import io.edgellm.model.CompatibilityMatrix;
import io.edgellm.model.DeviceProfile;
import io.edgellm.model.ReleaseManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says which releases run on which devices, and why not. */
@Command(
    name = "explain",
    description = {
      "Says whether releases run on a device, and each reason why not; of several, such as the"
          + " variants of a version, which one the device should take.",
      "A release is a release.json, a model directory, or a directory of versions of a repository."
          + " Nothing is verified here.",
    },
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  edgellm explain build/assistant-int4",
      "  edgellm explain --profile > board.json",
      "  edgellm explain repository/models/assistant --device board.json --device desktop.json",
    })
final class ExplainCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(paramLabel = "RELEASE", arity = "0..*", description = "What to look at.")
  private List<Path> releases = new ArrayList<>();

  @Option(
      names = "--device",
      paramLabel = "FILE",
      description = "The profile of a kind of device; this machine if not given. May be repeated.")
  private List<Path> devices = new ArrayList<>();

  @Option(names = "--profile", description = "Show the profile of this machine, as JSON.")
  private boolean profile;

  @Option(
      names = "--ram",
      paramLabel = "MIB",
      description = "Memory that a model may take on this machine.")
  private long ramMib = 1024;

  ExplainCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    try {
      return explain().number();
    } catch (IOException e) {
      throw new CommandFault(ExitCode.NOT_FOUND, "IO", "A file cannot be read (" + e + ").", e);
    }
  }

  private ExitCode explain() throws IOException {
    if (profile) {
      ObjectNode json = (ObjectNode) new ObjectMapper().readTree(thisMachine().toJson());
      console.answer(json.toPrettyString(), json);
      return ExitCode.OK;
    }
    List<ReleaseManifest> manifests = new ArrayList<>();
    for (Path release : releases) {
      addManifests(release, manifests);
    }
    if (manifests.isEmpty()) {
      throw new CommandFault(
          ExitCode.NOT_FOUND, "NO_RELEASE", "There is no release.json in " + releases + ".");
    }
    CompatibilityMatrix matrix = new CompatibilityMatrix(manifests, profiles());
    console.answer(
        matrix.toText().stripTrailing(), (ObjectNode) new ObjectMapper().readTree(matrix.toJson()));
    Set<String> served = matrix.preferred().keySet();
    return served.containsAll(matrix.devices().keySet()) ? ExitCode.OK : ExitCode.INCOMPATIBLE;
  }

  private static void addManifests(Path release, List<ReleaseManifest> manifests)
      throws IOException {
    if (Files.isRegularFile(release)) {
      manifests.add(ReleaseManifest.fromJson(Files.readAllBytes(release)));
      return;
    }
    Path own = release.resolve(ReleaseManifest.FILE_NAME);
    if (Files.isRegularFile(own)) {
      addManifests(own, manifests);
    } else if (Files.isDirectory(release)) {
      try (Stream<Path> children = Files.list(release)) {
        for (Path child : children.sorted().toList()) {
          Path manifest = child.resolve(ReleaseManifest.FILE_NAME);
          if (Files.isRegularFile(manifest)) {
            addManifests(manifest, manifests);
          }
        }
      }
    }
  }

  private Map<String, DeviceProfile> profiles() throws IOException {
    Map<String, DeviceProfile> profiles = new LinkedHashMap<>();
    for (Path device : devices) {
      profiles.put(
          String.valueOf(device.getFileName()).replaceFirst("\\.json$", ""),
          DeviceProfile.fromJson(Files.readAllBytes(device)));
    }
    if (profiles.isEmpty()) {
      profiles.put("this machine", thisMachine());
    }
    return profiles;
  }

  private DeviceProfile thisMachine() {
    return new OnnxModelLoader().deviceProfile(Math.multiplyExact(ramMib, 1L << 20));
  }
}
