package io.edgellm.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same export, options and version make the same release, on every machine and JDK: the digests
 * here were found on one, and the project's build compares them on two. They change with the
 * quantizer's {@code TOOL_VERSION}, with what the manifest says, and with the sample model.
 */
final class ReproducibleReleaseTest {
  private static final Path SAMPLE =
      Path.of(System.getProperty("edgellm.sample.dir")).resolve("genai");

  private static final Map<String, String> EXPECTED =
      new TreeMap<>(
          Map.of(
              "--method rtn",
              "ec44148117a600cf9f3e19adf55869f0c42c7cbb1ee35cc6c0f7733d2e6d40e1",
              "--method hqq --asymmetric --embedding-bits 4",
              "d775cce62c3380e1f006b51071010a8b2ac17b82354dc8d976494a0a0f30bde0",
              "--format int8:column --shards",
              "6616be4d4b9c797420a82725508b9dd3fb49ece00d5c7729b315217e8c26d3f1"));

  @TempDir Path directory;

  @Test
  void twoMachinesMakeTheSameRelease() throws IOException {
    CommandPlace place = new CommandPlace(directory);
    place.makeKeys();
    Map<String, String> made = new TreeMap<>();
    for (String options : EXPECTED.keySet()) {
      made.put(options, content(place, place.path("model-" + made.size()), options.split(" ", -1)));
    }
    assertThat(made).isEqualTo(EXPECTED);
  }

  private static String content(CommandPlace place, String target, String... options) {
    String[] words = new String[options.length + 3];
    words[0] = "quantize";
    words[1] = SAMPLE.toString();
    words[2] = target;
    System.arraycopy(options, 0, words, 3, options.length);
    place.done(words);
    return place
        .done(
            "release",
            target,
            "assistant@1.4.0",
            "--key",
            place.path("release.key"),
            "--created",
            "2026-03-01T12:00:00Z",
            "--json")
        .json()
        .get("content")
        .asText();
  }
}
