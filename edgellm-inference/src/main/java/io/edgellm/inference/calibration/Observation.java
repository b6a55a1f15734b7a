package io.edgellm.inference.calibration;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.edgellm.inference.calibration.CalibrationException.Reason;
import io.edgellm.inference.calibration.ObservedGraph.Watch;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;

/** Runs all samples through a graph, as often as a method needs. */
final class Observation {
  /** What whole tensors may take in one round. */
  private static final long ROUND_BYTES = 256L << 20;

  private final OrtEnvironment environment;
  private final ObservedGraph graph;
  private final Path file;
  private final int threads;
  private final SampleReader samples;
  private final CalibrationListener listener;
  private final BooleanSupplier cancelled;
  private final Map<String, Extremes> extremes = new LinkedHashMap<>();
  private final Map<String, String> states = new LinkedHashMap<>();
  private int runs;

  Observation(
      OrtEnvironment environment,
      ModelProto model,
      Path file,
      int threads,
      SampleReader samples,
      CalibrationListener listener,
      BooleanSupplier cancelled) {
    this.environment = environment;
    this.graph = new ObservedGraph(model);
    this.file = file;
    this.threads = threads;
    this.samples = samples;
    this.listener = listener;
    this.cancelled = cancelled;
  }

  /**
   * Returns the least and the greatest numbers.
   *
   * @param weight of a sample, as {@link Extremes} takes it
   */
  SortedMap<String, ActivationRange> extremes(Predicate<String> wanted, double weight)
      throws OrtException {
    watch(floats(wanted), weight, 1);
    SortedMap<String, ActivationRange> ranges = new TreeMap<>();
    extremes.forEach((name, seen) -> seen.range().ifPresent(range -> ranges.put(name, range)));
    return withStates(ranges, wanted);
  }

  /** Returns the ranges that come from histograms over what was seen before. */
  SortedMap<String, ActivationRange> histograms(
      Predicate<String> wanted, int bins, Function<Histogram, ActivationRange> choice)
      throws OrtException {
    List<String> floats = floats(wanted);
    watch(floats, Extremes.ALL, 2);
    SortedMap<String, ActivationRange> ranges = new TreeMap<>();
    List<List<String>> rounds = rounds();
    for (List<String> round : rounds) {
      ranges.putAll(histograms(round, bins, choice, 1 + rounds.size()));
    }
    return withStates(ranges, wanted);
  }

  /** The runtime knows the types of all tensors once it has read the graph. */
  private List<String> floats(Predicate<String> wanted) throws OrtException {
    List<String> names = new ArrayList<>(graph.computed());
    names.removeIf(wanted.negate());
    try (WatchedSession session = open(graph.giving(names))) {
      states.putAll(session.states(samples));
      names.addAll(states.values());
      names.retainAll(session.floats());
    }
    return names.stream().distinct().toList();
  }

  private void watch(List<String> tensors, double weight, int rounds) throws OrtException {
    Map<String, Watch> watches = new LinkedHashMap<>();
    Set<String> outputs = new HashSet<>();
    for (int i = 0; i < tensors.size(); i++) {
      Watch watch = Watch.number(i);
      watches.put(tensors.get(i), watch);
      outputs.addAll(watch.names());
      extremes.put(tensors.get(i), new Extremes(weight));
    }
    try (WatchedSession session = open(graph.watching(tensors))) {
      forEachSample(
          session,
          outputs,
          rounds,
          pass -> {
            for (Map.Entry<String, Watch> watch : watches.entrySet()) {
              look(watch.getKey(), watch.getValue(), pass);
            }
            lookAtInputs(pass);
          });
    }
  }

  private void look(String tensor, Watch watch, WatchedSession.Pass pass) {
    Optional<FloatBuffer> least = pass.tensor(watch.least()).map(OnnxTensor::getFloatBuffer);
    Optional<FloatBuffer> greatest = pass.tensor(watch.greatest()).map(OnnxTensor::getFloatBuffer);
    if (least.isEmpty() || greatest.isEmpty() || !least.get().hasRemaining()) {
      return;
    }
    if (pass.tensor(watch.notNumbers()).orElseThrow().getFloatBuffer().get(0) > 0) {
      throw notANumber(tensor);
    }
    long numbers = pass.tensor(watch.count()).orElseThrow().getLongBuffer().get(0);
    Extremes seen = extremes.get(tensor);
    if (seen != null) {
      seen.add(new ActivationRange(least.get().get(0), greatest.get().get(0)), numbers);
    }
  }

  /** Floating point inputs that a sample brings along; the caches of decoders come out as well. */
  private void lookAtInputs(WatchedSession.Pass pass) {
    for (Map.Entry<String, OnnxTensor> input : pass.fed().entrySet()) {
      if (input.getValue().getInfo().type == OnnxJavaType.FLOAT) {
        FloatBuffer numbers = input.getValue().getFloatBuffer();
        float least = Float.POSITIVE_INFINITY;
        float greatest = Float.NEGATIVE_INFINITY;
        long count = numbers.remaining();
        while (numbers.hasRemaining()) {
          float number = numbers.get();
          if (Float.isNaN(number)) {
            throw notANumber(input.getKey());
          }
          least = Math.min(least, number);
          greatest = Math.max(greatest, number);
        }
        if (count > 0) {
          extremes
              .computeIfAbsent(input.getKey(), any -> new Extremes(Extremes.ALL))
              .add(new ActivationRange(least, greatest), count);
        }
      }
    }
  }

  private List<List<String>> rounds() {
    List<List<String>> rounds = new ArrayList<>();
    long bytes = ROUND_BYTES;
    for (Map.Entry<String, Extremes> tensor : extremes.entrySet()) {
      boolean finite = tensor.getValue().range().filter(ActivationRange::isFinite).isPresent();
      if (finite) {
        long needed = tensor.getValue().mostNumbers() * Float.BYTES;
        if (bytes + needed > ROUND_BYTES) {
          rounds.add(new ArrayList<>());
          bytes = 0;
        }
        bytes += needed;
        rounds.get(rounds.size() - 1).add(tensor.getKey());
      }
    }
    return rounds;
  }

  private Map<String, ActivationRange> histograms(
      List<String> tensors, int bins, Function<Histogram, ActivationRange> choice, int rounds)
      throws OrtException {
    Map<String, Histogram> histograms = new LinkedHashMap<>();
    for (String tensor : tensors) {
      Extremes seen = extremes.get(tensor);
      if (seen != null) {
        histograms.put(tensor, new Histogram(seen.range().orElseThrow(), bins));
      }
    }
    try (WatchedSession session = open(graph.giving(tensors))) {
      Set<String> outputs = new HashSet<>(tensors);
      outputs.removeAll(session.inputs().keySet());
      forEachSample(
          session,
          outputs,
          rounds,
          pass ->
              histograms.forEach(
                  (name, histogram) ->
                      pass.tensor(name)
                          .ifPresent(tensor -> histogram.add(tensor.getFloatBuffer()))));
    }
    Map<String, ActivationRange> ranges = new LinkedHashMap<>();
    histograms.forEach((name, histogram) -> ranges.put(name, choice.apply(histogram)));
    return ranges;
  }

  private void forEachSample(
      WatchedSession session, Set<String> outputs, int rounds, WatchedSession.Taker taker)
      throws OrtException {
    int count = samples.samples().size();
    for (int number = 1; number <= count; number++) {
      session.run(samples, number, outputs, taker);
      extremes.values().forEach(Extremes::endSample);
      listener.onSample(++runs, Math.max(runs, count * rounds));
    }
  }

  private SortedMap<String, ActivationRange> withStates(
      SortedMap<String, ActivationRange> ranges, Predicate<String> wanted) {
    states.forEach(
        (past, present) -> {
          ActivationRange range = ranges.get(present);
          if (range != null) {
            ranges.put(past, range);
          }
        });
    ranges.keySet().removeIf(wanted.negate());
    return ranges;
  }

  private WatchedSession open(ModelProto model) throws OrtException {
    return new WatchedSession(environment, model, file, threads, cancelled);
  }

  private static CalibrationException notANumber(String tensor) {
    return new CalibrationException(
        Reason.NOT_A_NUMBER,
        "The model computed something that is not a number in '"
            + tensor
            + "': its export is broken, or a sample is.",
        tensor);
  }
}
