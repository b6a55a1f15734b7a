package io.edgellm.inference.drift;

import java.util.List;

/**
 * The F-measure of the longest common subsequence of the words of two texts, from 0 to 1, precision
 * and recall weighted alike: ROUGE-L for sentences, Lin, "ROUGE: a Package for Automatic Evaluation
 * of Summaries", 2004, section 3.1 with β = 1.
 */
final class RougeL {
  private RougeL() {}

  static double of(List<String> answer, List<String> expected) {
    if (answer.isEmpty() && expected.isEmpty()) {
      return 1;
    }
    return 2.0 * longestCommonSubsequence(answer, expected) / (answer.size() + expected.size());
  }

  private static int longestCommonSubsequence(List<String> one, List<String> other) {
    int[] above = new int[other.size() + 1];
    for (String word : one) {
      int[] row = new int[other.size() + 1];
      for (int i = 1; i < row.length; i++) {
        row[i] = word.equals(other.get(i - 1)) ? above[i - 1] + 1 : Math.max(above[i], row[i - 1]);
      }
      above = row;
    }
    return above[other.size()];
  }
}
