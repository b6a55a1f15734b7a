package io.edgellm.inference.text;

import java.util.EnumMap;
import java.util.Map;

/** Turns text in which nothing is a control token into ids. Safe for use by several threads. */
sealed interface PlainEncoder extends AutoCloseable {

  int[] encode(String text, TextPosition position);

  @Override
  void close();

  /** Opens what the file needs: one instance of the library, or one per position. */
  static PlainEncoder open(TokenizerFile file, PlainTokenizerJson json) {
    return LeadingMark.of(file)
        .<PlainEncoder>map(mark -> new Marking(mark, json.open(TextPosition.INSIDE)))
        .orElseGet(() -> new ByPosition(json));
  }

  /**
   * One instance that knows no leading mark, which is written here.
   *
   * @param mark the rule
   * @param library the instance
   */
  record Marking(LeadingMark mark, NativeTokenizer library) implements PlainEncoder {
    @Override
    public int[] encode(String text, TextPosition position) {
      return library.encode(mark.before(text, position));
    }

    @Override
    public void close() {
      library.close();
    }
  }

  /** An instance for each position, of which those behind the start open when they are needed. */
  final class ByPosition implements PlainEncoder {
    private final PlainTokenizerJson json;
    private final Map<TextPosition, NativeTokenizer> open = new EnumMap<>(TextPosition.class);
    private boolean closed;

    ByPosition(PlainTokenizerJson json) {
      this.json = json;
      open.put(TextPosition.START, json.open(TextPosition.START));
    }

    @Override
    public int[] encode(String text, TextPosition position) {
      return at(position).encode(text);
    }

    @Override
    public synchronized void close() {
      closed = true;
      open.values().forEach(NativeTokenizer::close);
    }

    private synchronized NativeTokenizer at(TextPosition position) {
      if (closed) {
        throw NativeTokenizer.closedError();
      }
      return open.computeIfAbsent(position, json::open);
    }
  }
}
