package io.edgellm.inference.text;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.edgellm.inference.internal.ModelFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Turns text into token ids and back, as Hugging Face's tokenizers library does with the model's
 * tokenizer.json.
 *
 * <p>Control tokens ({@code <|end|>}, {@code [INST]}, {@code <tool_call>}) are read only in spans
 * that the caller marks as {@link TextSpan.Reading#CONTROL}. Everything else is encoded by an
 * instance of the library whose added tokens were taken out of its file, so that a user who types a
 * control token gets the characters of it and never the token. Two neighbouring spans without a
 * control token between them are encoded as one text, so that the ids are those of the joined text.
 *
 * <p>No beginning-of-sequence token is ever added: a chat template writes it itself, and for a bare
 * text {@link #bareTextPrefix()} says what belongs in front. Nothing is truncated or padded.
 *
 * <p>Safe for use by several threads. Holds native memory: close it when no text is encoded any
 * more; detokenizers and the vocabulary go on working after that. The native library comes out of
 * DJL's jar: it is copied once per version to {@code ~/.djl.ai} (or the directory named by {@code
 * ENGINE_CACHE_DIR}) and loaded from there, without any access to the network.
 */
public final class Tokenizer implements AutoCloseable {
  /**
   * A vocabulary has a hundred thousand names of fields, and each of them once: none is kept for
   * the JVM.
   */
  private static final JsonFactory FIELDS_ONCE =
      JsonFactory.builder().disable(JsonFactory.Feature.INTERN_FIELD_NAMES).build();

  private static final int NONE = -1;

  private final PlainEncoder encoder;
  private final ControlTokens controlTokens;
  private final Vocabulary vocabulary;
  private final Pieces.LeadingSpace leadingSpace;
  private final SpecialTokens specialTokens;
  private final TextFrame bareTextFrame;
  private final int unknownId;
  private final String unknownEntry;

  private Tokenizer(PlainEncoder encoder, TokenizerFile file, SpecialTokens specialTokens) {
    this.encoder = encoder;
    this.controlTokens = new ControlTokens(file.addedTokens());
    this.vocabulary = file.vocabulary();
    this.leadingSpace = file.pieces().leadingSpace();
    this.specialTokens = specialTokens;
    this.bareTextFrame = TextFrame.of(file.section("post_processor"));
    this.unknownId = file.unknownId();
    this.unknownEntry = file.unknownEntry().orElse("");
  }

  /**
   * Loads the tokenizer of a model directory: tokenizer.json, and tokenizer_config.json and
   * special_tokens_map.json where they exist.
   *
   * @throws io.edgellm.llm.InferenceException MODEL_INVALID if a file is missing, damaged or larger
   *     than 256 MiB; MODEL_UNSUPPORTED if it is of another kind than byte-level BPE, SentencePiece
   *     BPE, Unigram and WordPiece; RUNTIME if the native library does not load
   */
  public static Tokenizer load(Path modelDirectory) {
    ObjectMapper mapper = new ObjectMapper(FIELDS_ONCE);
    ModelFile path =
        new ModelFile(modelDirectory.resolve("tokenizer.json"), TokenizerFile.MAX_BYTES);
    TokenizerFile file = TokenizerFile.read(path, mapper);
    file.pieces();
    SpecialTokens specialTokens = SpecialTokens.read(modelDirectory, mapper);
    PlainEncoder encoder = PlainEncoder.open(file, new PlainTokenizerJson(file, mapper));
    return new Tokenizer(encoder, file, specialTokens);
  }

  /** Returns the ids of a text in which nothing is a control token. */
  public int[] encode(String text) {
    return plain(text, TextPosition.START).toArray();
  }

  /**
   * Returns the ids of a text that goes on with what stands before it, for example in the middle of
   * an answer; nothing in it is a control token. A SentencePiece encoder puts no space in front of
   * it, so that the bytes of the ids are those of the text.
   */
  public int[] encodeContinuation(String text) {
    return plain(text, TextPosition.INSIDE).toArray();
  }

  /** Returns the ids of the joined spans; control tokens count only where a span allows them. */
  public int[] encode(List<TextSpan> spans) {
    return controlTokens.cut(spans).stream().flatMapToInt(this::ids).toArray();
  }

  /** Returns the number of ids of a text in which nothing is a control token. */
  public int count(String text) {
    return encode(text).length;
  }

  /** Returns the number of ids of the joined spans. */
  public int count(List<TextSpan> spans) {
    return encode(spans).length;
  }

  /**
   * Returns the text of the ids, without special tokens. Bytes that are not UTF-8 become U+FFFD,
   * one for each maximal part of a character.
   */
  public String decode(int... ids) {
    return detokenizer().all(ids);
  }

  /** Returns a decoder for one stream of ids that leaves out special tokens. */
  public Detokenizer detokenizer() {
    return detokenizer(vocabulary::isSpecial);
  }

  /**
   * Returns a decoder for one stream of ids.
   *
   * @param hidden the ids that write nothing; a parser of tool calls needs to see the special
   *     tokens that frame them
   */
  public Detokenizer detokenizer(IntPredicate hidden) {
    return new Detokenizer(vocabulary, leadingSpace, hidden);
  }

  /** Returns the raw bytes of one token; see {@link Vocabulary#bytes(int)}. */
  public byte[] tokenBytes(int id) {
    return vocabulary.bytes(id);
  }

  /** Returns the bytes of all tokens. */
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  /** Returns the texts of the tokens that the model names by their part. */
  public SpecialTokens specialTokens() {
    return specialTokens;
  }

  /** Returns the id of the token that starts a sequence, if the model names one. */
  public OptionalInt bosId() {
    return idOf("bos_token");
  }

  /**
   * Returns the id of the token that ends a sequence, if the tokenizer's files name one. A model
   * may stop at further tokens, which its generation configuration lists.
   */
  public OptionalInt eosId() {
    return idOf("eos_token");
  }

  /** Returns the id of the token that fills up a batch, if the model names one. */
  public OptionalInt padId() {
    return idOf("pad_token");
  }

  /**
   * Returns the ids that the model expects in front of a text that is not a chat, for most models
   * none or the one of {@link #bosId()}; as tokenizer.json's post-processor says.
   */
  public int[] bareTextPrefix() {
    return ids(bareTextFrame.before());
  }

  /**
   * Returns the ids that the model expects behind a text that is not a chat, for encoders mostly
   * the one that separates texts; as tokenizer.json's post-processor says.
   */
  public int[] bareTextSuffix() {
    return ids(bareTextFrame.after());
  }

  private static int[] ids(List<Integer> boxed) {
    return boxed.stream().mapToInt(Integer::intValue).toArray();
  }

  @Override
  public void close() {
    encoder.close();
  }

  private OptionalInt idOf(String name) {
    return specialTokens.text(name).map(vocabulary::addedToken).orElse(OptionalInt.empty());
  }

  private IntStream ids(ControlTokens.Segment segment) {
    if (segment instanceof ControlTokens.Text text) {
      return plain(text.text(), text.atStart() ? TextPosition.START : TextPosition.AFTER_CONTROL);
    }
    return IntStream.of(((ControlTokens.Control) segment).id());
  }

  /**
   * Encodes text. A vocabulary may hold its control tokens as ordinary entries too, and a model
   * without merges (Unigram, or BPE with ignore_merges) finds them in the text: such a token is
   * spelled in two halves instead. The token for what the vocabulary cannot spell stays, unless the
   * text may have spelled it.
   */
  private IntStream plain(String text, TextPosition position) {
    int[] ids = encoder.encode(text, position);
    int allowed = text.contains(unknownEntry) ? NONE : unknownId;
    IntStream stream = IntStream.of(ids);
    if (IntStream.of(ids).noneMatch(id -> id != allowed && vocabulary.isControl(id))) {
      return stream;
    }
    return stream.flatMap(
        id -> id != allowed && vocabulary.isControl(id) ? spelled(id) : IntStream.of(id));
  }

  private IntStream spelled(int id) {
    String content = new String(vocabulary.bytes(id), StandardCharsets.UTF_8);
    int half = content.offsetByCodePoints(0, content.codePointCount(0, content.length()) / 2);
    return IntStream.concat(
        plain(content.substring(0, half), TextPosition.INSIDE),
        plain(content.substring(half), TextPosition.INSIDE));
  }
}
