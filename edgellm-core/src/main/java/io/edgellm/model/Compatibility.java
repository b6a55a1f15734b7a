package io.edgellm.model;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Whether a device can run a release, and if not, each reason.
 *
 * @param reasons one sentence per obstacle that says what would do; empty if the release fits
 */
public record Compatibility(List<String> reasons) {
  /** Copies the list. */
  public Compatibility {
    reasons = List.copyOf(reasons);
  }

  /** Returns whether the release fits. */
  public boolean fits() {
    return reasons.isEmpty();
  }

  /** Holds the requirements of a release against a device. */
  public static Compatibility explain(ReleaseManifest release, DeviceProfile device) {
    return explain(release.requirements(), device);
  }

  /** Holds requirements against a device; every obstacle is named, not only the first. */
  public static Compatibility explain(Requirements needs, DeviceProfile device) {
    List<String> reasons = new ArrayList<>();
    platform(needs, device, reasons);
    runtime(needs, device, reasons);
    operators(needs, device, reasons);
    hardware(needs, device, reasons);
    memory(needs, device, reasons);
    return new Compatibility(reasons);
  }

  private static void platform(Requirements needs, DeviceProfile device, List<String> reasons) {
    if (!needs.architectures().isEmpty()
        && !needs.architectures().contains(device.architecture())) {
      reasons.add(
          "It is built for "
              + String.join(", ", needs.architectures())
              + ", this device has "
              + device.architecture()
              + ".");
    }
    if (!needs.operatingSystems().isEmpty()
        && !needs.operatingSystems().contains(device.operatingSystem())) {
      reasons.add(
          "It is built for "
              + String.join(", ", needs.operatingSystems())
              + ", this device runs "
              + device.operatingSystem()
              + ".");
    }
  }

  private static void runtime(Requirements needs, DeviceProfile device, List<String> reasons) {
    List<RuntimeRange> named =
        needs.runtimes().stream().filter(r -> r.name().equals(device.runtime())).toList();
    if (named.isEmpty()) {
      reasons.add(
          "It needs the runtime "
              + needs.runtimes().stream()
                  .map(RuntimeRange::name)
                  .distinct()
                  .collect(Collectors.joining(" or "))
              + ", this device has "
              + device.runtime()
              + ".");
    } else if (named.stream().noneMatch(range -> range.admits(device.runtimeVersion()))) {
      reasons.add(
          "It needs "
              + named.stream().map(RuntimeRange::toString).collect(Collectors.joining(" or "))
              + ", this device has "
              + device.runtimeVersion()
              + ".");
    }
  }

  private static void operators(Requirements needs, DeviceProfile device, List<String> reasons) {
    if (!device.opsets().isEmpty()) {
      needs.opsets().forEach((domain, version) -> opset(domain, version, device, reasons));
    }
    List<String> missing =
        needs.customOps().stream().filter(domain -> !device.customOps().contains(domain)).toList();
    if (!missing.isEmpty()) {
      reasons.add(
          "It needs the operators of "
              + String.join(", ", missing)
              + ", which this device does not register: install their library.");
    }
  }

  private static void opset(
      String domain, int version, DeviceProfile device, List<String> reasons) {
    // Operators that the host registers itself have no version that the runtime would know.
    Integer known = device.opsets().get(domain);
    if (known == null && !device.customOps().contains(domain)) {
      reasons.add(
          "It needs operator set "
              + version
              + " of "
              + domain
              + ", of which this device's runtime knows none: update the runtime.");
    } else if (known != null && known < version) {
      reasons.add(
          "It needs operator set "
              + version
              + " of "
              + domain
              + ", this device's runtime ends at "
              + known
              + ": update the runtime, or export the model for an older set.");
    }
  }

  private static void hardware(Requirements needs, DeviceProfile device, List<String> reasons) {
    if (!needs.executionProviders().isEmpty()
        && needs.executionProviders().stream().noneMatch(device.executionProviders()::contains)) {
      reasons.add(
          "It needs "
              + String.join(" or ", needs.executionProviders())
              + ", this device's runtime has "
              + (device.executionProviders().isEmpty()
                  ? "no provider that was named"
                  : String.join(", ", device.executionProviders()))
              + ": install a runtime that has one of them.");
    }
    if (needs.accelerator() != null && !device.accelerators().contains(needs.accelerator())) {
      reasons.add(
          "It needs the accelerator "
              + needs.accelerator()
              + ", this device has "
              + (device.accelerators().isEmpty()
                  ? "none"
                  : String.join(", ", device.accelerators()))
              + ".");
    }
  }

  private static void memory(Requirements needs, DeviceProfile device, List<String> reasons) {
    if (needs.ramBytes() > device.availableRamBytes()) {
      reasons.add(
          "It needs "
              + needs.ramBytes()
              + " bytes of memory"
              + parts(needs)
              + ", this device grants "
              + device.availableRamBytes()
              + ".");
    }
  }

  private static String parts(Requirements needs) {
    MemoryNeed memory = needs.memory();
    return memory == null
        ? ""
        : " ("
            + memory.weightsBytes()
            + " for weights, "
            + memory.kvBytesPerToken()
            + " for each of "
            + needs.contextLength()
            + " tokens)";
  }
}
