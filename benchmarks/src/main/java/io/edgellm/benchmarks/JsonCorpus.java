package io.edgellm.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Orders in JSON, drawn from a seed: objects, nested arrays, text in several scripts, numbers. */
final class JsonCorpus {
  private static final List<String> WORDS =
      List.of(
          "deliver",
          "to",
          "the",
          "back",
          "door",
          "please",
          "call",
          "before",
          "noon",
          "invoice",
          "Grüße",
          "aus",
          "Köln",
          "привет",
          "мир",
          "東京都",
          "配達",
          "مرحبا",
          "नमस्ते",
          "🚚",
          "👍🏽",
          "naïve",
          "café",
          "x7-Q",
          "http://example.org/a?b=1&c=2",
          "line\\nbreak",
          "tab\\t",
          "\\\"quoted\\\"");

  private final Random random;

  JsonCorpus(long seed) {
    this.random = new Random(seed);
  }

  List<String> documents(int count) {
    return Stream.generate(this::order).limit(count).toList();
  }

  private String order() {
    return "{\"id\": %d, \"customer\": \"%s\", \"note\": \"%s\", \"status\": \"%s\", \"items\": %s, \"extra\": %s}"
        .formatted(
            random.nextInt(1_000_000),
            words(1 + random.nextInt(4)),
            words(random.nextInt(12)),
            List.of("open", "paid", "sent").get(random.nextInt(3)),
            list(this::item, random.nextInt(6)),
            object(2));
  }

  private String item() {
    return "{\"sku\": \"%c%c-%d\", \"count\": %d, \"price\": %s, \"gift\": %b}"
        .formatted(
            'A' + random.nextInt(26),
            'a' + random.nextInt(26),
            random.nextInt(100_000),
            1 + random.nextInt(40),
            number(),
            random.nextBoolean());
  }

  private String object(int depth) {
    List<String> members = new ArrayList<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      members.add("\"%s\": %s".formatted(words(1), value(depth)));
    }
    return "{" + String.join(", ", members) + "}";
  }

  private String value(int depth) {
    return switch (random.nextInt(depth > 0 ? 7 : 4)) {
      case 0 -> "\"" + words(random.nextInt(8)) + "\"";
      case 1 -> number();
      case 2 -> random.nextBoolean() ? "true" : "null";
      case 3 -> String.valueOf(random.nextInt(10_000) - 5_000);
      case 4 -> object(depth - 1);
      default -> list(() -> value(depth - 1), random.nextInt(5));
    };
  }

  private static String list(Supplier<String> of, int size) {
    return Stream.generate(of).limit(size).collect(Collectors.joining(", ", "[", "]"));
  }

  private String number() {
    return switch (random.nextInt(3)) {
      case 0 -> "%d.%02d".formatted(random.nextInt(1_000), random.nextInt(100));
      case 1 -> "-%d.%de%d".formatted(random.nextInt(10), random.nextInt(100), random.nextInt(20));
      default -> String.valueOf(random.nextInt(1_000));
    };
  }

  private String words(int count) {
    return Stream.generate(() -> WORDS.get(random.nextInt(WORDS.size())))
        .limit(count)
        .collect(Collectors.joining(" "));
  }
}
