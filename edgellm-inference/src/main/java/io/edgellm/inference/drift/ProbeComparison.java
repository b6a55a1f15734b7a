package io.edgellm.inference.drift;

import io.edgellm.inference.drift.ChangedAnswer.Change;
import io.edgellm.inference.drift.ChangedAnswer.Continuation;
import io.edgellm.inference.drift.ProbeDrift.Divergence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Adds up how two models answer the same probes. */
final class ProbeComparison {
  private static final int KEPT = 20;

  private final GreedyDecoder decoder = new GreedyDecoder();
  private final TokenText text;
  private final int maxTokens;
  private final List<Integer> lost = new ArrayList<>();
  private final List<Integer> gained = new ArrayList<>();
  private final List<Divergence> divergences = new ArrayList<>();
  private final Map<Change, List<ChangedAnswer>> changed = new EnumMap<>(Change.class);
  private final ExpectedAnswers expected = new ExpectedAnswers();
  private final AnswerScores.Sum referenceScores = new AnswerScores.Sum();
  private final AnswerScores.Sum candidateScores = new AnswerScores.Sum();
  private final AnswerScores.Sum likeness = new AnswerScores.Sum();
  private final JsonAnswers.Sum json = new JsonAnswers.Sum();
  private int probes;
  private int known;
  private int referenceRight;
  private int candidateRight;

  /**
   * @param text writes answers
   * @param maxTokens where an answer is cut off
   */
  ProbeComparison(TokenText text, int maxTokens) {
    this.text = text;
    this.maxTokens = maxTokens;
  }

  void add(Probe probe, TeacherForced reference, TeacherForced candidate) {
    int[] one = decoder.answer(reference, probe, probe.answer(), maxTokens);
    int[] other = decoder.answer(candidate, probe, one, maxTokens);
    String first = text.of(withoutEnd(probe, one));
    String second = text.of(withoutEnd(probe, other));
    likeness.add(second, first);
    Change change = Change.OTHER;
    if (probe.isKnown()) {
      expected.add(probe, reference, candidate);
      String right = text.of(withoutEnd(probe, probe.answer()));
      change = judge(isRight(probe, one, first, right), isRight(probe, other, second, right));
      referenceScores.add(first, right);
      candidateScores.add(second, right);
      json.add(right, first, second);
    } else {
      json.add(first, first, second);
    }
    int parting = Arrays.mismatch(one, other);
    if (parting >= 0) {
      divergences.add(new Divergence(probes, parting));
      keep(probe, change, one, other, parting);
    }
    probes++;
  }

  /** Returns what was added up. */
  ProbeDrift result() {
    return new ProbeDrift(
        probes,
        known,
        referenceRight,
        candidateRight,
        lost,
        gained,
        divergences,
        expected.result(),
        referenceScores.result(),
        candidateScores.result(),
        likeness.result(),
        json.result(),
        changed.values().stream().flatMap(List::stream).toList());
  }

  private Change judge(boolean referenceIsRight, boolean candidateIsRight) {
    known++;
    referenceRight += referenceIsRight ? 1 : 0;
    candidateRight += candidateIsRight ? 1 : 0;
    if (referenceIsRight == candidateIsRight) {
      return Change.OTHER;
    }
    (referenceIsRight ? lost : gained).add(probes);
    return referenceIsRight ? Change.LOST : Change.GAINED;
  }

  /** An answer is right if its text is, however it is cut into tokens, and if it ends there. */
  private static boolean isRight(Probe probe, int[] answer, String text, String right) {
    return probe.endsAt(answer[answer.length - 1]) && text.equals(right);
  }

  private static int[] withoutEnd(Probe probe, int[] answer) {
    int last = answer.length - 1;
    return probe.endsAt(answer[last]) ? Arrays.copyOf(answer, last) : answer;
  }

  private void keep(Probe probe, Change change, int[] one, int[] other, int parting) {
    List<ChangedAnswer> kept = changed.computeIfAbsent(change, c -> new ArrayList<>());
    if (kept.size() < KEPT) {
      String agreed = agreed(one, other, parting);
      kept.add(
          new ChangedAnswer(
              probes,
              probe.origin(),
              change,
              Excerpt.end(question(probe), Excerpt.LENGTH),
              Excerpt.beginning(text.of(probe.answer()), Excerpt.LENGTH),
              Excerpt.end(agreed, Excerpt.LENGTH),
              continuation(one, parting, agreed.length()),
              continuation(other, parting, agreed.length())));
    }
  }

  private String question(Probe probe) {
    return probe.question().isEmpty() ? text.of(probe.prompt()) : probe.question();
  }

  /** A token may end within a character, and so may what both models agree on. */
  private String agreed(int[] one, int[] other, int parting) {
    String common = text.of(Arrays.copyOf(one, parting));
    return common(common(common, through(one, parting)), through(other, parting));
  }

  private Continuation continuation(int[] answer, int parting, int agreed) {
    String before = through(answer, parting);
    String whole = text.of(answer);
    return new Continuation(
        Excerpt.beginning(before.substring(agreed), Excerpt.LENGTH),
        Excerpt.beginning(
            whole.substring(Math.min(whole.length(), common(before, whole).length())),
            Excerpt.LENGTH));
  }

  /** The text up to a token, and with it. */
  private String through(int[] answer, int token) {
    return text.of(Arrays.copyOf(answer, Math.min(answer.length, token + 1)));
  }

  private static String common(String one, String other) {
    int mismatch = 0;
    int length = Math.min(one.length(), other.length());
    while (mismatch < length && one.charAt(mismatch) == other.charAt(mismatch)) {
      mismatch++;
    }
    boolean split = mismatch > 0 && Character.isHighSurrogate(one.charAt(mismatch - 1));
    return one.substring(0, split ? mismatch - 1 : mismatch);
  }
}
