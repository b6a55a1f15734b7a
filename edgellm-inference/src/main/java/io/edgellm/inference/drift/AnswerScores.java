package io.edgellm.inference.drift;

import java.util.List;

/**
 * How like answers are to what they are held against. Figures are NaN where there was nothing to
 * hold against.
 *
 * <p>Words are those of mteval-v13a (sacreBLEU's {@code tok:13a}), with their case.
 *
 * @param bleu of all answers together, from 0 to 100, as sacreBLEU computes it without options:
 *     {@code eff:no|tok:13a|smooth:exp}; answers of fewer than four words have no 4-grams, and a
 *     corpus of them scores 0
 * @param sentenceBleu the mean of the BLEU of each answer, from 0 to 100, as sacreBLEU's {@code
 *     sentence_bleu}: orders that an answer is too short for do not count
 * @param rougeL the mean of the ROUGE-L F-measure of each answer, from 0 to 1
 */
public record AnswerScores(double bleu, double sentenceBleu, double rougeL) {

  /** Adds up pairs of texts. */
  static final class Sum {
    private final Bleu bleu = new Bleu();
    private final Moments sentenceBleu = new Moments();
    private final Moments rougeL = new Moments();

    void add(String answer, String expected) {
      List<String> words = BleuWords.of(answer);
      List<String> wanted = BleuWords.of(expected);
      bleu.add(words, wanted);
      sentenceBleu.add(Bleu.ofSentence(words, wanted));
      rougeL.add(RougeL.of(words, wanted));
    }

    AnswerScores result() {
      return new AnswerScores(
          sentenceBleu.count() == 0 ? Double.NaN : bleu.score(),
          sentenceBleu.mean(),
          rougeL.mean());
    }
  }
}
