package io.edgellm.inference.constraint;

import io.edgellm.inference.grammar.Parse;
import io.edgellm.inference.grammar.Symbols;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The tokens that have to come because the grammar leaves no choice of symbols, spelled as the
 * model's tokenizer would: tokens that the model has never seen side by side make it answer worse.
 *
 * <p>Text is spelled up to a control token, to the end of the answer, or to where the model may
 * choose. There, the last tokens are left to the model if a longer one could begin with them.
 */
final class ForcedRun {
  private static final int MAX_SYMBOLS = 4_096;
  private static final int[] NOTHING = {};

  private final Speller speller;
  private final Controls controls;
  private final Function<String, int[]> encode;
  private final IntStream.Builder tokens = IntStream.builder();
  private final ByteArrayOutputStream text = new ByteArrayOutputStream();

  ForcedRun(Speller speller, Controls controls, Function<String, int[]> encode) {
    this.speller = speller;
    this.controls = controls;
    this.encode = encode;
  }

  int[] from(Parse start) {
    Parse parse = start;
    for (int i = 0; i < MAX_SYMBOLS; i++) {
      int symbol = parse.forced();
      Parse next = symbol == Parse.NOT_FORCED ? null : parse.next(symbol);
      if (next == null) {
        break;
      }
      parse = next;
      if (symbol < Symbols.BYTES) {
        text.write(symbol);
      } else if (!addControl(symbol)) {
        return tokens.build().toArray();
      }
    }
    addText(parse.isOver());
    return tokens.build().toArray();
  }

  private boolean addControl(int symbol) {
    int token = controls.only(symbol);
    if (!addText(true) || token < 0) {
      return false;
    }
    tokens.add(token);
    return true;
  }

  /** Adds what was collected; false if not all of it could be added. */
  private boolean addText(boolean endsHere) {
    if (text.size() == 0) {
      return true;
    }
    byte[] bytes = text.toByteArray();
    text.reset();
    byte[] whole = endsHere ? bytes : Arrays.copyOf(bytes, wholeCharacters(bytes));
    int[] spelled = spelled(whole);
    if (spelled == null) {
      return false;
    }
    int certain = endsHere ? spelled.length : speller.certain(spelled, bytes);
    for (int i = 0; i < certain; i++) {
      tokens.add(spelled[i]);
    }
    return certain == spelled.length;
  }

  /** The tokenizer's spelling, or null if its tokens are not exactly these bytes. */
  private int @Nullable [] spelled(byte[] bytes) {
    String string = new String(bytes, StandardCharsets.UTF_8);
    if (!Arrays.equals(string.getBytes(StandardCharsets.UTF_8), bytes)) {
      return null;
    }
    int[] spelled = bytes.length == 0 ? NOTHING : encode.apply(string);
    return speller.spells(spelled, bytes) ? spelled : null;
  }

  /** The length without a last character that is cut off. */
  private static int wholeCharacters(byte[] bytes) {
    int lead = bytes.length - 1;
    while (lead > 0 && lead > bytes.length - 4 && (bytes[lead] & 0xC0) == 0x80) {
      lead--;
    }
    Utf8Form form = Utf8Form.of(bytes[lead] & 0xFF);
    return form != null && lead + form.length() > bytes.length ? lead : bytes.length;
  }
}
