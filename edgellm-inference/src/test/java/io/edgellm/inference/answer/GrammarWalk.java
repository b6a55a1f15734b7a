package io.edgellm.inference.answer;

import io.edgellm.inference.grammar.Grammar;
import io.edgellm.inference.grammar.Parse;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;

/**
 * A random answer of a grammar: symbol by symbol, and after a while the shortest way to its end.
 */
final class GrammarWalk {
  private final Grammar grammar;
  private final SplittableRandom random;
  private final List<String> symbols = new ArrayList<>();
  private final ByteArrayOutputStream text = new ByteArrayOutputStream();

  GrammarWalk(Grammar grammar, long seed) {
    this.grammar = grammar;
    this.random = new SplittableRandom(seed);
  }

  /** Returns runs of text and control tokens; text is valid UTF-8 up to replacements. */
  List<String> answer(int steps) {
    Parse parse = Parse.start(grammar);
    for (int step = 0; step < steps && !parse.isOver(); step++) {
      List<Integer> possible = possible(parse);
      if (possible.isEmpty() || (parse.accepts() && random.nextInt(20) == 0)) {
        break;
      }
      int symbol = possible.get(random.nextInt(possible.size()));
      List<Integer> controls = possible.stream().filter(s -> s >= 256).toList();
      if (!controls.isEmpty() && random.nextInt(4) == 0) {
        symbol = controls.get(random.nextInt(controls.size()));
      }
      parse = Objects.requireNonNull(parse.next(symbol));
      take(symbol);
    }
    for (int symbol : parse.accepts() ? new int[0] : parse.wayToEnd()) {
      take(symbol);
    }
    flush();
    return symbols;
  }

  /** The symbols that may come; of the bytes, those of ASCII's printable characters. */
  private List<Integer> possible(Parse parse) {
    List<Integer> possible = new ArrayList<>();
    for (int symbol = 0; symbol < 256 + grammar.symbols().named().size(); symbol++) {
      boolean readable = symbol == '\n' || (symbol >= 32 && symbol != 127 && symbol < 128);
      if ((readable || symbol >= 256) && parse.next(symbol) != null) {
        possible.add(symbol);
      }
    }
    return possible;
  }

  private void take(int symbol) {
    if (symbol < 256) {
      text.write(symbol);
    } else {
      flush();
      symbols.add(name(symbol));
    }
  }

  private String name(int symbol) {
    return grammar.symbols().named().stream()
        .filter(control -> grammar.symbols().of(control) == symbol)
        .findFirst()
        .orElseThrow();
  }

  private void flush() {
    if (text.size() > 0) {
      symbols.add(text.toString(StandardCharsets.UTF_8));
      text.reset();
    }
  }
}
