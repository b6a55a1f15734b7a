package io.edgellm.inference.automaton;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Small languages and texts over a few characters of every UTF-8 length, for tests with a seed. */
final class RandomLanguage {
  private static final String[] CHARACTERS = {
    "a", "b", "\"", "\\", "\n", "\u0001", "\u001f", "\u007f", "é", "߿", "ࠀ", "漢", "\uFFFD", "😀"
  };

  private RandomLanguage() {}

  static Language of(Random random) {
    return of(random, 3);
  }

  private static Language of(Random random, int depth) {
    if (depth == 0) {
      return texts(random);
    }
    return switch (random.nextInt(7)) {
      case 0 -> of(random, depth - 1).union(of(random, depth - 1));
      case 1 -> of(random, depth - 1).intersect(of(random, depth - 1).complement());
      case 2 -> of(random, depth - 1).minus(of(random, depth - 1));
      case 3 -> of(random, depth - 1).repeat(random.nextInt(3), -1);
      case 4 -> of(random, depth - 1).repeat(1, 1 + random.nextInt(3));
      case 5 -> of(random, depth - 1).concat(Language.characters(0, random.nextInt(3)));
      default -> of(random, depth - 1).concat(of(random, depth - 1));
    };
  }

  private static Language texts(Random random) {
    List<String> texts = new ArrayList<>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      texts.add(text(random, 3));
    }
    return Language.of(texts);
  }

  static String text(Random random, int most) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(most + 1); i > 0; i--) {
      text.append(CHARACTERS[random.nextInt(CHARACTERS.length)]);
    }
    return text.toString();
  }
}
