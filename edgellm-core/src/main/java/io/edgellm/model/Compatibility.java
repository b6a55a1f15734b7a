package io.edgellm.model;

import java.util.ArrayList;
import java.util.List;

/**
 * Whether a device can run a release, and if not, each reason.
 *
 * @param reasons one sentence per obstacle; empty if the release fits
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
    Requirements needs = release.requirements();
    List<String> reasons = new ArrayList<>();
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
    if (!needs.runtime().equals(device.runtime())) {
      reasons.add(
          "It needs the runtime "
              + needs.runtime()
              + ", this device has "
              + device.runtime()
              + ".");
    } else if (compareDotted(device.runtimeVersion(), needs.minRuntimeVersion()) < 0) {
      reasons.add(
          "It needs "
              + needs.runtime()
              + " "
              + needs.minRuntimeVersion()
              + " or newer, this device has "
              + device.runtimeVersion()
              + ".");
    }
    if (needs.minRamBytes() > device.availableRamBytes()) {
      reasons.add(
          "It needs "
              + needs.minRamBytes()
              + " bytes of memory, this device grants "
              + device.availableRamBytes()
              + ".");
    }
    return new Compatibility(reasons);
  }

  private static int compareDotted(String a, String b) {
    String[] as = a.split("\\.", -1);
    String[] bs = b.split("\\.", -1);
    for (int i = 0; i < Math.max(as.length, bs.length); i++) {
      int c = Integer.compare(part(as, i), part(bs, i));
      if (c != 0) {
        return c;
      }
    }
    return 0;
  }

  private static int part(String[] parts, int i) {
    // A vendor's suffix such as 1.28.0-rc1 counts as its number.
    String digits = i < parts.length ? parts[i].replaceFirst("\\D.*", "") : "";
    return digits.isEmpty() || digits.length() > 9 ? 0 : Integer.parseInt(digits);
  }
}
