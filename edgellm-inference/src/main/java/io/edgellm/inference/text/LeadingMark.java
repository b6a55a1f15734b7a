package io.edgellm.inference.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/**
 * What an encoder puts in front of a text before it cuts it into words, mostly U+2581 for the space
 * that SentencePiece imagines there.
 *
 * <p>The library does this by rules in tokenizer.json: {@code Prepend} in the normalizer, {@code
 * Metaspace} or {@code ByteLevel} with {@code add_prefix_space} in the pre-tokenizer. Where such a
 * rule is the first thing that happens to a text, taking it out of the file and writing the mark
 * here gives the same tokens, and one instance of the library serves every {@link TextPosition}:
 * with the rule in the file it would take three.
 *
 * @param mark the characters in front; empty if nothing is put there
 * @param positions the places at which it is put
 * @param spaceIsMark whether a text that begins with the mark, or with a space, gets none
 */
record LeadingMark(String mark, Positions positions, boolean spaceIsMark) {
  static final LeadingMark NONE = new LeadingMark("", Positions.START_ONLY, false);

  /** The places at which a mark is put. */
  enum Positions {
    START_ONLY,
    START_AND_AFTER_CONTROL
  }

  /** Returns the rule of a file; empty if it has one that cannot be taken out of it. */
  static Optional<LeadingMark> of(TokenizerFile file) {
    JsonNode normalizer = file.section("normalizer");
    JsonNode preTokenizer = file.section("pre_tokenizer");
    if (!prepends(normalizer) && !marks(preTokenizer)) {
      return Optional.of(NONE);
    }
    // A text is cut at its added tokens first, and the library applies the rule to every part.
    if (!file.addedTokens().stream().allMatch(AddedToken::isControl)) {
      return Optional.empty();
    }
    if (prepends(normalizer) && !marks(preTokenizer)) {
      return ofNormalizer(normalizer);
    }
    return normalizer.isNull() ? ofPreTokenizer(preTokenizer) : Optional.empty();
  }

  /** Returns the text as an encoder without the rule has to get it. */
  String before(String text, TextPosition position) {
    boolean due =
        switch (position) {
          case START -> true;
          case AFTER_CONTROL -> positions == Positions.START_AND_AFTER_CONTROL;
          case INSIDE -> false;
        };
    boolean there = spaceIsMark && (text.startsWith(mark) || text.startsWith(" "));
    return due && !there && !text.isEmpty() ? mark + text : text;
  }

  private static Optional<LeadingMark> ofNormalizer(JsonNode normalizer) {
    JsonNode first = normalizer.path("normalizers").path(0);
    JsonNode prepend = isPrepend(normalizer) ? normalizer : first;
    int others = normalizer.findValues("prepend").size();
    return isPrepend(prepend) && others <= 1
        ? Optional.of(
            new LeadingMark(
                prepend.path("prepend").asText(), Positions.START_AND_AFTER_CONTROL, false))
        : Optional.empty();
  }

  private static Optional<LeadingMark> ofPreTokenizer(JsonNode preTokenizer) {
    return switch (preTokenizer.path("type").asText()) {
      case "Metaspace" ->
          Optional.of(
              new LeadingMark(
                  preTokenizer.path("replacement").asText(),
                  preTokenizer.path("prepend_scheme").asText().equals("first")
                      ? Positions.START_ONLY
                      : Positions.START_AND_AFTER_CONTROL,
                  true));
      case "ByteLevel" ->
          Optional.of(new LeadingMark(" ", Positions.START_AND_AFTER_CONTROL, true));
      default -> Optional.empty();
    };
  }

  private static boolean prepends(JsonNode normalizer) {
    return TokenizerFile.contains(normalizer, "Prepend");
  }

  static boolean isPrepend(JsonNode normalizer) {
    return normalizer.path("type").asText().equals("Prepend");
  }

  private static boolean marks(JsonNode preTokenizer) {
    boolean here =
        switch (preTokenizer.path("type").asText()) {
          case "Metaspace" -> TokenizerFile.prependsSpace(preTokenizer);
          case "ByteLevel" -> preTokenizer.path("add_prefix_space").asBoolean(true);
          default -> false;
        };
    if (here) {
      return true;
    }
    for (JsonNode part : preTokenizer.path("pretokenizers")) {
      if (marks(part)) {
        return true;
      }
    }
    return false;
  }
}
