package io.edgellm.inference.drift;

import java.util.Arrays;

/** Adds up how well two models predict the right answers to probes. */
final class ExpectedAnswers {
  private final Perplexity.Sum sum = new Perplexity.Sum();
  private final Prediction prediction = new Prediction();

  void add(Probe probe, TeacherForced reference, TeacherForced candidate) {
    double[] ofReference = losses(probe, reference);
    double[] ofCandidate = losses(probe, candidate);
    for (int i = 0; i < ofReference.length; i++) {
      sum.add(ofReference[i], ofCandidate[i]);
    }
  }

  Perplexity result() {
    return sum.result();
  }

  private double[] losses(Probe probe, TeacherForced model) {
    int[] prompt = probe.prompt();
    int[] answer = probe.answer();
    // The last token predicts nothing that is asked for.
    int[] tokens = Arrays.copyOf(prompt, prompt.length + answer.length - 1);
    System.arraycopy(answer, 0, tokens, prompt.length, answer.length - 1);
    TeacherForced.LogitRows rows = model.run(tokens);
    double[] losses = new double[answer.length];
    for (int i = 0; i < losses.length; i++) {
      prediction.read(rows, prompt.length + i - 1);
      losses[i] = -prediction.logProbability(answer[i]);
    }
    return losses;
  }
}
