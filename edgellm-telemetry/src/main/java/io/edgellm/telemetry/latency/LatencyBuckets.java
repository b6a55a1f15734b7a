package io.edgellm.telemetry.latency;

/**
 * The fixed buckets of every latency that EdgeLLM measures: 32 per octave, in seconds, from
 * 2<sup>-20</sup> s (about a microsecond) to 2<sup>14</sup> s (about four and a half hours).
 *
 * <p>This is the base-2 exponential layout of scale 5 that OpenTelemetry calls an exponential
 * histogram and Prometheus a native histogram of schema 5. The bounds are 2<sup>k/32</sup>; a value
 * is less than 1.084 % away from the estimate of its bucket. The scale never adapts: two
 * distributions from any two devices have the same bounds, so that merging is adding, and whole
 * seconds rather than nanoseconds make the bounds fall where the back ends expect them. Powers of
 * two are bounds: put thresholds there, and the share of slow requests is exact.
 *
 * <p>A bucket includes its upper bound and excludes its lower one. The usual formula {@code
 * ceil(log2(v) * 32) - 1} puts values that lie on a bound into a neighbour, since the logarithm is
 * rounded; here the bucket is found by comparing the bits of the mantissa with the bits of the
 * bounds, which is exact and faster. The bounds are the doubles nearest to 2<sup>k/32</sup>; the
 * tables of other implementations differ from them in the last digits, which no clock resolves.
 *
 * <p>Slots number the buckets from 0; {@link #UNDERFLOW} and {@link #OVERFLOW} are their
 * neighbours. See the <a
 * href="https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponentialhistogram">OpenTelemetry
 * data model</a> and the <a
 * href="https://prometheus.io/docs/specs/native_histograms/">specification of native
 * histograms</a>.
 */
public final class LatencyBuckets {
  /** Base-2 logarithm of the number of buckets per octave. */
  public static final int SCALE = 5;

  /** The lower end of the range is two to this power, in seconds; it is excluded. */
  public static final int MIN_EXPONENT = -20;

  /** The upper end of the range is two to this power, in seconds; it is included. */
  public static final int MAX_EXPONENT = 14;

  /** The number of buckets: 1,088. */
  public static final int SLOTS = (MAX_EXPONENT - MIN_EXPONENT) << SCALE;

  /** The slot of values of at most 2<sup>-20</sup> s, among them zero and all that is negative. */
  public static final int UNDERFLOW = -1;

  /** The slot of values above 2<sup>14</sup> s. */
  public static final int OVERFLOW = SLOTS;

  static final double MIN_SECONDS = Math.scalb(1.0, MIN_EXPONENT);
  static final double MAX_SECONDS = Math.scalb(1.0, MAX_EXPONENT);

  private static final int PER_OCTAVE = 1 << SCALE;
  private static final int MANTISSA_BITS = 52;
  private static final long MANTISSA_MASK = (1L << MANTISSA_BITS) - 1;

  // 64 equal cells of [1, 2): the first is 0.72 buckets wide, so that no cell holds two bounds and
  // one comparison decides.
  private static final int CELL_BITS = 6;
  private static final int CELL_SHIFT = MANTISSA_BITS - CELL_BITS;

  /** 2^(k/32) for k = 0 … 31, correctly rounded ({@code StrictMath.pow} misses four of them). */
  private static final double[] BOUNDS = {
    0x1.0p0, 0x1.059b0d3158574p0, 0x1.0b5586cf9890fp0, 0x1.11301d0125b51p0,
    0x1.172b83c7d517bp0, 0x1.1d4873168b9aap0, 0x1.2387a6e756238p0, 0x1.29e9df51fdee1p0,
    0x1.306fe0a31b715p0, 0x1.371a7373aa9cbp0, 0x1.3dea64c123422p0, 0x1.44e086061892dp0,
    0x1.4bfdad5362a27p0, 0x1.5342b569d4f82p0, 0x1.5ab07dd485429p0, 0x1.6247eb03a5585p0,
    0x1.6a09e667f3bcdp0, 0x1.71f75e8ec5f74p0, 0x1.7a11473eb0187p0, 0x1.82589994cce13p0,
    0x1.8ace5422aa0dbp0, 0x1.93737b0cdc5e5p0, 0x1.9c49182a3f09p0, 0x1.a5503b23e255dp0,
    0x1.ae89f995ad3adp0, 0x1.b7f76f2fb5e47p0, 0x1.c199bdd85529cp0, 0x1.cb720dcef9069p0,
    0x1.d5818dcfba487p0, 0x1.dfc97337b9b5fp0, 0x1.ea4afa2a490dap0, 0x1.f50765b6e454p0
  };

  /** The mantissa bits of 2^(k/32), then one that no mantissa exceeds. */
  private static final long[] BOUND_MANTISSAS = new long[PER_OCTAVE + 1];

  /** How many bounds lie below the start of a cell. */
  private static final byte[] BOUNDS_BELOW_CELL = new byte[1 << CELL_BITS];

  static {
    for (int k = 0; k < PER_OCTAVE; k++) {
      BOUND_MANTISSAS[k] = Double.doubleToRawLongBits(BOUNDS[k]) & MANTISSA_MASK;
    }
    BOUND_MANTISSAS[PER_OCTAVE] = Long.MAX_VALUE;
    for (int cell = 0; cell < BOUNDS_BELOW_CELL.length; cell++) {
      byte below = 0;
      while (BOUND_MANTISSAS[below] < (long) cell << CELL_SHIFT) {
        below++;
      }
      BOUNDS_BELOW_CELL[cell] = below;
    }
  }

  private LatencyBuckets() {}

  /**
   * Returns the slot that a duration falls into.
   *
   * @param nanos a duration in nanoseconds
   * @return 0 … {@link #SLOTS} - 1, {@link #UNDERFLOW} or {@link #OVERFLOW}
   */
  public static int slotOfNanos(long nanos) {
    // Dividing is correctly rounded: 62,500,000 ns is exactly 2^-4 s. Multiplying by 1e-9 is not.
    return slotOf(nanos / 1e9);
  }

  /**
   * Returns the slot that a duration falls into.
   *
   * @param seconds a duration in seconds; what is not a number counts as underflow
   * @return 0 … {@link #SLOTS} - 1, {@link #UNDERFLOW} or {@link #OVERFLOW}
   */
  public static int slotOf(double seconds) {
    if (!(seconds > MIN_SECONDS)) {
      return UNDERFLOW;
    }
    if (seconds > MAX_SECONDS) {
      return OVERFLOW;
    }
    long bits = Double.doubleToRawLongBits(seconds);
    int octave = (int) (bits >>> MANTISSA_BITS) - Double.MAX_EXPONENT - MIN_EXPONENT;
    long mantissa = bits & MANTISSA_MASK;
    int below = BOUNDS_BELOW_CELL[(int) (mantissa >>> CELL_SHIFT)];
    if (BOUND_MANTISSAS[below] < mantissa) {
      below++;
    }
    return (octave << SCALE) + below - 1;
  }

  /**
   * Returns the bound in seconds that a bucket excludes.
   *
   * @param slot 0 … {@link #OVERFLOW}
   */
  public static double lowerBoundSeconds(int slot) {
    return Math.scalb(BOUNDS[slot & (PER_OCTAVE - 1)], (slot >> SCALE) + MIN_EXPONENT);
  }

  /**
   * Returns the bound in seconds that a bucket includes.
   *
   * @param slot {@link #UNDERFLOW} … {@link #SLOTS} - 1
   */
  public static double upperBoundSeconds(int slot) {
    return lowerBoundSeconds(slot + 1);
  }

  /**
   * Returns the value in seconds that stands for a bucket: the one whose largest relative distance
   * to any value of the bucket is smallest, 2ab / (a + b) for the bounds a and b (as in DDSketch,
   * Masson et al., VLDB 2019). That distance is (b - a) / (b + a) = 1.083 %.
   *
   * @param slot 0 … {@link #SLOTS} - 1
   */
  public static double estimateSeconds(int slot) {
    double lower = lowerBoundSeconds(slot);
    double upper = upperBoundSeconds(slot);
    return 2 * lower * upper / (lower + upper);
  }

  /**
   * Returns the index of a bucket in an OpenTelemetry exponential histogram of scale 5, where
   * bucket i spans (2<sup>i/32</sup>, 2<sup>(i+1)/32</sup>].
   *
   * @param slot {@link #UNDERFLOW} … {@link #OVERFLOW}
   */
  public static int otlpIndex(int slot) {
    return slot + (MIN_EXPONENT << SCALE);
  }

  /**
   * Returns the index of a bucket in a Prometheus native histogram of schema 5, where bucket i
   * spans (2<sup>(i-1)/32</sup>, 2<sup>i/32</sup>].
   *
   * @param slot {@link #UNDERFLOW} … {@link #OVERFLOW}
   */
  public static int prometheusIndex(int slot) {
    return otlpIndex(slot) + 1;
  }
}
