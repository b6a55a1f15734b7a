package io.edgellm.inference.sampling;

import io.edgellm.llm.DryPenalty;
import io.edgellm.llm.SamplerStage;
import io.edgellm.llm.Sampling;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Every stage written down as the papers say it: full sorts, maps, double precision. */
final class NaiveSampler {
  private NaiveSampler() {}

  /** The probabilities after the stages that decide, in the order of the settings. */
  static Map<Integer, Double> decide(Sampling s, float[] logits, boolean exclude) {
    Map<Integer, Double> left = new TreeMap<>();
    for (int id = 0; id < logits.length; id++) {
      if (logits[id] > Float.NEGATIVE_INFINITY) {
        left.put(id, (double) logits[id]);
      }
    }
    for (SamplerStage stage : s.order()) {
      switch (stage) {
        case TOP_K -> keep(left, byLogit(left).subList(0, kept(s.topK(), left.size())));
        case TYPICAL_P -> typical(left, s.typicalP());
        case TOP_P -> nucleus(left, byLogit(left), s.topP());
        case MIN_P -> {
          double best = left.values().stream().mapToDouble(d -> d).max().orElseThrow();
          left.values().removeIf(logit -> Math.exp(logit - best) < s.minP() * (1 - 1e-12));
        }
        case XTC -> exclude(left, exclude ? s.xtcThreshold() : 2);
        case TEMPERATURE -> left.replaceAll((id, logit) -> logit / s.temperature());
        default -> {}
      }
    }
    return softmax(left);
  }

  private static int kept(int k, int size) {
    return k == 0 ? size : Math.min(k, size);
  }

  static Map<Integer, Double> softmax(Map<Integer, Double> logits) {
    double best = logits.values().stream().mapToDouble(d -> d).max().orElseThrow();
    double sum = logits.values().stream().mapToDouble(l -> Math.exp(l - best)).sum();
    Map<Integer, Double> probabilities = new TreeMap<>();
    logits.forEach((id, logit) -> probabilities.put(id, Math.exp(logit - best) / sum));
    return probabilities;
  }

  private static List<Integer> byLogit(Map<Integer, Double> left) {
    List<Integer> order = new ArrayList<>(left.keySet());
    order.sort(Comparator.comparingDouble((Integer id) -> -left.getOrDefault(id, 0.0)));
    return order;
  }

  private static void keep(Map<Integer, Double> left, List<Integer> kept) {
    left.keySet().retainAll(new HashSet<>(kept));
  }

  private static void nucleus(Map<Integer, Double> left, List<Integer> order, double p) {
    if (p == 1) {
      return;
    }
    Map<Integer, Double> probabilities = softmax(left);
    double reached = 0;
    int count = 0;
    while (count < order.size() && reached < p) {
      reached += probabilities.getOrDefault(order.get(count++), 0.0);
    }
    keep(left, order.subList(0, count));
  }

  private static void typical(Map<Integer, Double> left, double p) {
    Map<Integer, Double> probabilities = softmax(left);
    double entropy = probabilities.values().stream().mapToDouble(q -> -q * Math.log(q)).sum();
    List<Integer> order = new ArrayList<>(left.keySet());
    order.sort(
        Comparator.comparingDouble(
            id -> Math.abs(-Math.log(probabilities.getOrDefault(id, 0.0)) - entropy)));
    nucleus(left, order, p);
  }

  private static void exclude(Map<Integer, Double> left, double threshold) {
    Map<Integer, Double> probabilities = softmax(left);
    List<Integer> top = new ArrayList<>();
    for (int id : byLogit(left)) {
      if (probabilities.getOrDefault(id, 0.0) >= threshold) {
        top.add(id);
      }
    }
    if (top.size() > 1) {
      left.keySet().removeAll(top.subList(0, top.size() - 1));
    }
  }

  /** The logits after repetition, presence and frequency penalty. */
  static float[] penalize(Sampling s, float[] logits, List<Integer> prompt, List<Integer> answer) {
    List<Integer> all = new ArrayList<>(prompt);
    all.addAll(answer);
    int from = Math.max(0, all.size() - s.penaltyWindow());
    float[] changed = logits.clone();
    for (int token : Set.copyOf(all.subList(from, all.size()))) {
      changed[token] =
          changed[token] > 0
              ? changed[token] / s.repetitionPenalty()
              : changed[token] * s.repetitionPenalty();
    }
    Map<Integer, Integer> counts = new HashMap<>();
    for (int i = Math.max(from, prompt.size()); i < all.size(); i++) {
      counts.merge(all.get(i), 1, Integer::sum);
    }
    counts.forEach(
        (token, count) -> changed[token] -= s.presencePenalty() + count * s.frequencyPenalty());
    return changed;
  }

  /** The logits after DRY: every suffix is looked for at every place. */
  static float[] dry(DryPenalty dry, Set<Integer> breakers, float[] logits, List<Integer> all) {
    List<Integer> window = all.subList(Math.max(0, all.size() - dry.window()), all.size());
    Map<Integer, Integer> longest = new HashMap<>();
    for (int end = 1; end < window.size(); end++) {
      int length = 0;
      while (length < end
          && window.get(end - 1 - length).equals(window.get(window.size() - 1 - length))
          && !breakers.contains(window.get(end - 1 - length))) {
        length++;
      }
      if (length >= dry.allowedLength() && !breakers.contains(window.get(end))) {
        longest.merge(window.get(end), length, Math::max);
      }
    }
    float[] changed = logits.clone();
    longest.forEach(
        (token, length) ->
            changed[token] -=
                (float) (dry.multiplier() * Math.pow(dry.base(), length - dry.allowedLength())));
    return changed;
  }
}
