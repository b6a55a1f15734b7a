package io.edgellm.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Which of several releases a device should take: mostly the variants of one version, such as
 * {@code 1.4.0+onnx-q4-x86-64} and {@code 1.4.0+onnx-int8-aarch64}.
 *
 * <p>The first of these that tells two apart decides:
 *
 * <ol>
 *   <li>it fits the device ({@link Compatibility});
 *   <li>the higher version by precedence;
 *   <li>it is made for an accelerator that the device has;
 *   <li>quality: as good as the best (at most {@value #EXACT_MATCH_MARGIN} fewer exact matches and
 *       {@value #PERPLEXITY_MARGIN} times its perplexity) before measurably worse before not
 *       measured. Figures of different validation sets are not compared;
 *   <li>memory: a quarter of it stays free, before less;
 *   <li>what processors are fast at: quantized weights with fp32 activations, then fp32, then fp16,
 *       then quantized weights with fp16 activations, which are slow or refused there;
 *   <li>more exact matches, less memory, the version as a text.
 * </ol>
 *
 * <p>The order is total: the same releases and device give the same ranking, whatever order the
 * releases come in.
 *
 * @param candidates all releases, the preferred one first
 */
public record VariantRanking(List<Candidate> candidates) {
  /** How many exact matches fewer count as equally good: two points. */
  public static final double EXACT_MATCH_MARGIN = 0.02;

  /** How many times the lowest perplexity counts as equally good. */
  public static final double PERPLEXITY_MARGIN = 1.05;

  /**
   * A release as the device sees it.
   *
   * @param release the release
   * @param compatibility whether it fits
   * @param grade how good it is among those that fit
   * @param freeBytes memory that would stay free; negative if there is too little
   * @param accelerated whether it is made for an accelerator that the device has
   * @param arithmetic what it computes in
   */
  public record Candidate(
      ReleaseManifest release,
      Compatibility compatibility,
      Grade grade,
      long freeBytes,
      boolean accelerated,
      Arithmetic arithmetic) {
    private boolean isRoomy(DeviceProfile device) {
      return freeBytes >= device.availableRamBytes() / 4;
    }

    /** Returns why it stands where it stands, for people. */
    public String describe() {
      if (!compatibility.fits()) {
        return "does not fit: " + String.join(" ", compatibility.reasons());
      }
      List<String> facts = new ArrayList<>();
      if (accelerated) {
        facts.add("made for " + release.requirements().accelerator());
      }
      facts.add(grade.label);
      facts.add(arithmetic.label);
      facts.add(freeBytes / (1 << 20) + " MiB stay free");
      return "fits: " + String.join(", ", facts);
    }
  }

  /** How good a release is among those that fit, the best first. */
  public enum Grade {
    /** As good as the best. */
    BEST("as good as the best"),
    /** Measurably worse. */
    WORSE("worse than the best"),
    /** Not measured, or on other data than the others. */
    UNKNOWN("quality not comparable");

    private final String label;

    Grade(String label) {
      this.label = label;
    }
  }

  /** What a release computes in, what processors are fastest at first. */
  public enum Arithmetic {
    /** Quantized weights, fp32 activations. */
    QUANTIZED("quantized weights with fp32 activations"),
    /** Full precision. */
    FLOAT32("fp32"),
    /** Half precision. */
    FLOAT16("fp16"),
    /** Quantized weights, fp16 activations. */
    QUANTIZED_FLOAT16("quantized weights with fp16 activations");

    private final String label;

    Arithmetic(String label) {
      this.label = label;
    }

    static Arithmetic of(ReleaseManifest release) {
      String precision =
          Objects.requireNonNullElse(release.traits().precision(), "").toLowerCase(Locale.ROOT);
      boolean half = precision.contains("float16");
      if (release.quantization() != null) {
        return half ? QUANTIZED_FLOAT16 : QUANTIZED;
      }
      return half ? FLOAT16 : FLOAT32;
    }
  }

  /** Copies the list. */
  public VariantRanking {
    candidates = List.copyOf(candidates);
  }

  /** Ranks releases for a device. */
  public static VariantRanking of(List<ReleaseManifest> releases, DeviceProfile device) {
    List<ReleaseManifest> fitting =
        releases.stream().filter(r -> Compatibility.explain(r, device).fits()).toList();
    List<Candidate> candidates = new ArrayList<>();
    for (ReleaseManifest release : releases) {
      candidates.add(candidate(release, fitting, device));
    }
    candidates.sort(order(device));
    return new VariantRanking(candidates);
  }

  private static Candidate candidate(
      ReleaseManifest release, List<ReleaseManifest> fitting, DeviceProfile device) {
    Requirements needs = release.requirements();
    return new Candidate(
        release,
        Compatibility.explain(release, device),
        grade(release, fitting),
        device.availableRamBytes() - needs.ramBytes(),
        needs.accelerator() != null && device.accelerators().contains(needs.accelerator()),
        Arithmetic.of(release));
  }

  private static Grade grade(ReleaseManifest release, List<ReleaseManifest> fitting) {
    ReleaseManifest.Quality quality = release.quality();
    if (quality == null) {
      return Grade.UNKNOWN;
    }
    List<ReleaseManifest.Quality> all =
        fitting.stream().map(ReleaseManifest::quality).filter(Objects::nonNull).toList();
    if (!all.stream().allMatch(other -> other.validationSet().equals(quality.validationSet()))) {
      return Grade.UNKNOWN;
    }
    OptionalDouble most = all.stream().mapToDouble(ReleaseManifest.Quality::exactMatch).max();
    OptionalDouble least = all.stream().mapToDouble(ReleaseManifest.Quality::perplexity).min();
    return quality.exactMatch() >= most.orElse(0) - EXACT_MATCH_MARGIN
            && quality.perplexity() <= least.orElse(Double.MAX_VALUE) * PERPLEXITY_MARGIN
        ? Grade.BEST
        : Grade.WORSE;
  }

  private static Comparator<Candidate> order(DeviceProfile device) {
    Comparator<Candidate> newestFirst =
        Comparator.comparing((Candidate c) -> c.release().version(), ModelVersion.precedence())
            .reversed();
    return Comparator.comparing((Candidate c) -> !c.compatibility().fits())
        .thenComparing(newestFirst)
        .thenComparing(c -> !c.accelerated())
        .thenComparing(Candidate::grade)
        .thenComparing(c -> !c.isRoomy(device))
        .thenComparing(Candidate::arithmetic)
        .thenComparing(c -> -exactMatch(c.release()))
        .thenComparing(c -> c.release().requirements().ramBytes())
        .thenComparing(c -> c.release().version().toString())
        .thenComparing(c -> c.release().model().value());
  }

  private static double exactMatch(ReleaseManifest release) {
    return release.quality() == null ? 0 : release.quality().exactMatch();
  }

  /** Returns the release to take; empty if none fits. */
  public Optional<ReleaseManifest> preferred() {
    return candidates.stream()
        .filter(candidate -> candidate.compatibility().fits())
        .map(Candidate::release)
        .findFirst();
  }
}
