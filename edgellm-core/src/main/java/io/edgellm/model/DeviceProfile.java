package io.edgellm.model;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a device is, as far as it decides which releases it can run.
 *
 * @param architecture {@code x86_64} or {@code aarch64}; other processors by their own name
 * @param operatingSystem {@code linux}, {@code macos} or {@code windows}
 * @param runtime the runtime that the device brings, for instance {@code onnxruntime}
 * @param runtimeVersion its version, as dotted numbers
 * @param availableRamBytes memory that a model may take
 * @param executionProviders the providers that the runtime was built with and the device can use,
 *     such as {@code CPUExecutionProvider}
 * @param accelerators hardware beside the processor, under names that publishers and devices agree
 *     on, such as {@code cuda} or {@code qnn-htp}
 * @param opsets the newest version of each operator set that the runtime knows, by its domain; a
 *     profile that names none leaves that to the version of the runtime
 * @param customOps domains of operators that the host registers with the runtime
 */
public record DeviceProfile(
    String architecture,
    String operatingSystem,
    String runtime,
    String runtimeVersion,
    long availableRamBytes,
    List<String> executionProviders,
    List<String> accelerators,
    Map<String, Integer> opsets,
    List<String> customOps) {
  private static final String ONNX_RUNTIME = "onnxruntime";
  private static final String CPU_PROVIDER = "CPUExecutionProvider";

  /** Copies the collections. */
  public DeviceProfile {
    executionProviders = List.copyOf(executionProviders);
    accelerators = List.copyOf(accelerators);
    opsets = Collections.unmodifiableMap(new TreeMap<>(opsets));
    customOps = List.copyOf(customOps);
  }

  /** A device without accelerators and operators of its own. */
  public DeviceProfile(
      String architecture,
      String operatingSystem,
      String runtime,
      String runtimeVersion,
      long availableRamBytes) {
    this(
        architecture,
        operatingSystem,
        runtime,
        runtimeVersion,
        availableRamBytes,
        runtime.equals(ONNX_RUNTIME) ? List.of(CPU_PROVIDER) : List.of(),
        List.of(),
        Map.of(),
        List.of());
  }

  /**
   * Describes this machine, as far as Java knows it: what the runtime can do beyond its version,
   * and which accelerators there are, the host adds.
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

  /** Returns the profile with other execution providers. */
  public DeviceProfile withExecutionProviders(List<String> value) {
    return new DeviceProfile(
        architecture,
        operatingSystem,
        runtime,
        runtimeVersion,
        availableRamBytes,
        value,
        accelerators,
        opsets,
        customOps);
  }

  /** Returns the profile with other accelerators. */
  public DeviceProfile withAccelerators(List<String> value) {
    return new DeviceProfile(
        architecture,
        operatingSystem,
        runtime,
        runtimeVersion,
        availableRamBytes,
        executionProviders,
        value,
        opsets,
        customOps);
  }

  /** Returns the profile with other operator sets, and other domains of operators of the host. */
  public DeviceProfile withOperators(Map<String, Integer> sets, List<String> domains) {
    return new DeviceProfile(
        architecture,
        operatingSystem,
        runtime,
        runtimeVersion,
        availableRamBytes,
        executionProviders,
        accelerators,
        sets,
        domains);
  }

  /** Returns the canonical JSON: equal profiles have equal bytes. */
  public byte[] toJson() {
    return DeviceProfileCodec.write(this);
  }

  /**
   * Reads a profile that was written as JSON.
   *
   * @param utf8 at most 1 MiB
   * @throws ModelException if it is not a profile; unknown fields are refused
   */
  public static DeviceProfile fromJson(byte[] utf8) {
    return DeviceProfileCodec.read(utf8);
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
