package io.edgellm.benchmarks;

import com.knuddels.jtokkit.api.EncodingType;
import io.edgellm.inference.constraint.Lexicon;
import java.io.BufferedReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The first tokens of o200k_base, of a size as that of Llama 3 (128,000), and an end token. Text is
 * spelled with the longest token at each place, which is nearly what merging gives.
 */
final class TiktokenVocabulary {
  private static final String RESOURCE = "/com/knuddels/jtokkit/o200k_base.tiktoken";
  private static final byte[] END = "<|end|>".getBytes(StandardCharsets.US_ASCII);

  private final byte[][] tokens;
  private final Map<String, Integer> ids = new HashMap<>();

  TiktokenVocabulary(int size) {
    List<byte[]> read = new ArrayList<>();
    try (BufferedReader lines = open()) {
      for (String line = lines.readLine();
          line != null && read.size() < size;
          line = lines.readLine()) {
        read.add(Base64.getDecoder().decode(line.substring(0, line.indexOf(' '))));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    tokens = read.toArray(byte[][]::new);
    for (int id = 0; id < tokens.length; id++) {
      ids.put(new String(tokens[id], StandardCharsets.ISO_8859_1), id);
    }
  }

  private static BufferedReader open() throws IOException {
    InputStream resource = EncodingType.class.getResourceAsStream(RESOURCE);
    if (resource == null) {
      throw new FileNotFoundException(RESOURCE);
    }
    return new BufferedReader(new InputStreamReader(resource, StandardCharsets.US_ASCII));
  }

  Lexicon lexicon() {
    return new Lexicon(
        tokens.length + 1,
        id -> id == tokens.length ? END : tokens[id],
        id -> id == tokens.length,
        Set.of(tokens.length));
  }

  int[] encode(String text) {
    String bytes = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    int[] spelled = new int[bytes.length()];
    int count = 0;
    int at = 0;
    while (at < bytes.length()) {
      int end = Math.min(bytes.length(), at + 64);
      Integer id = ids.get(bytes.substring(at, end));
      while (id == null) {
        id = ids.get(bytes.substring(at, --end));
      }
      spelled[count++] = id;
      at = end;
    }
    return Arrays.copyOf(spelled, count);
  }
}
