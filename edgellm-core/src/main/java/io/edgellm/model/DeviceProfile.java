package io.edgellm.model;

import java.util.Locale;

/**
 * What a device is, as far as it decides which releases it can run.
 *
 * @param architecture {@code x86_64} or {@code aarch64}; other processors by their own name
 * @param operatingSystem {@code linux}, {@code macos} or {@code windows}
 * @param runtime the runtime that the device brings, for instance {@code onnxruntime}
 * @param runtimeVersion its version, as dotted numbers
 * @param availableRamBytes memory that a model may take
 */
public record DeviceProfile(
    String architecture,
    String operatingSystem,
    String runtime,
    String runtimeVersion,
    long availableRamBytes) {

  /**
   * Describes this machine.
   *
   * @param runtime the runtime in use
   * @param runtimeVersion its version
   * @param availableRamBytes what the host grants to models
   */
  public static DeviceProfile ofThisMachine(
      String runtime, String runtimeVersion, long availableRamBytes) {
    return new DeviceProfile(
        architecture(System.getProperty("os.arch", "unknown")),
        operatingSystem(System.getProperty("os.name", "unknown")),
        runtime,
        runtimeVersion,
        availableRamBytes);
  }

  static String architecture(String osArch) {
    return switch (osArch.toLowerCase(Locale.ROOT)) {
      case "amd64", "x86_64", "x64" -> "x86_64";
      case "aarch64", "arm64" -> "aarch64";
      default -> osArch.toLowerCase(Locale.ROOT);
    };
  }

  static String operatingSystem(String osName) {
    String name = osName.toLowerCase(Locale.ROOT);
    if (name.startsWith("mac")) {
      return "macos";
    }
    return name.startsWith("windows") ? "windows" : name;
  }
}
