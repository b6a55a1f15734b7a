package io.edgellm.examples.cli;

import java.nio.file.Path;
import java.time.InstantSource;
import picocli.CommandLine.Option;

/** The option that says which device a command is about. */
final class DeviceOption {
  @Option(
      names = "--store",
      required = true,
      paramLabel = "DIRECTORY",
      description = "Where the device keeps its models, as 'edgellm install' has made it.")
  private Path directory;

  DeviceDirectory open(InstantSource clock) {
    return DeviceDirectory.open(directory, clock);
  }
}
