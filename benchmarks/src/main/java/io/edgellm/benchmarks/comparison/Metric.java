package io.edgellm.benchmarks.comparison;

/** What is measured of an engine, in the order of the report. */
enum Metric {
  LOAD_WALL("load", "ms", false),
  LOAD_CPU("load, CPU", "ms", false),
  RESIDENT_LOADED("resident after load", "MB", false),
  FIRST_TOKEN_COLD("first token of a new process, prompt of 128", "ms", false),
  FIRST_TOKEN_COLD_CPU("first token of a new process, CPU", "ms", false),
  PREFILL_128_CPU("prefill of 128", "tokens/CPU-s", true),
  PREFILL_128("prefill of 128, wall", "tokens/s", true),
  PREFILL_512_CPU("prefill of 512", "tokens/CPU-s", true),
  PREFILL_512("prefill of 512, wall", "tokens/s", true),
  PREFIX_NEW("first token, system prompt of 512 that is new", "ms", false),
  PREFIX_NEW_CPU("the same, CPU", "ms", false),
  PREFIX_SEEN("first token, system prompt of 512 seen before", "ms", false),
  PREFIX_SEEN_CPU("the same, CPU", "ms", false),
  DECODE_CPU("decode, CPU per token", "ms", false),
  DECODE_WALL("decode, wall per token", "ms", false),
  BANDWIDTH_SHARE("decode, share of the read bandwidth", "%", true),
  RESIDENT_PEAK("peak resident", "MB", false),
  TOGETHER_1("1 request", "tokens/CPU-s", true),
  TOGETHER_2("2 requests together", "tokens/CPU-s", true),
  TOGETHER_4("4 requests together", "tokens/CPU-s", true),
  TOGETHER_8("8 requests together", "tokens/CPU-s", true),
  TOGETHER_1_WALL("1 request, wall", "tokens/s", true),
  TOGETHER_2_WALL("2 requests together, wall", "tokens/s", true),
  TOGETHER_4_WALL("4 requests together, wall", "tokens/s", true),
  TOGETHER_8_WALL("8 requests together, wall", "tokens/s", true),
  RESIDENT_PEAK_TOGETHER("peak resident, 8 requests together", "MB", false);

  private final String label;
  private final String unit;
  private final boolean moreIsBetter;

  Metric(String label, String unit, boolean moreIsBetter) {
    this.label = label;
    this.unit = unit;
    this.moreIsBetter = moreIsBetter;
  }

  String label() {
    return label;
  }

  String unit() {
    return unit;
  }

  boolean moreIsBetter() {
    return moreIsBetter;
  }
}
