package io.edgellm.examples.quickstart;

import io.edgellm.inference.drift.DriftMaterial;
import io.edgellm.inference.drift.Passage;
import io.edgellm.inference.drift.Probe;
import io.edgellm.inference.text.TextSpan;
import io.edgellm.inference.text.Tokenizer;
import io.edgellm.llm.GoldenPrompt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The small model that comes with the project, and the text and probes to judge it by. */
final class SampleModel {
  private static final int MAX_ANSWER_TOKENS = 96;
  private static final int PASSAGES = 300;

  private final Path root;

  /**
   * @param root the directory with {@code genai/}, {@code probes.jsonl} and {@code heldout.txt}
   */
  SampleModel(Path root) {
    this.root = root;
  }

  /** Returns the directory of the full-precision model. */
  Path fp32() {
    return root.resolve("genai");
  }

  /** Returns the file of golden prompts that each release carries. */
  Path probes() {
    return root.resolve("probes.jsonl");
  }

  /** Returns commands that the background load asks: none of them is a probe. */
  List<String> commands() {
    return GoldenPrompt.read(root.resolve("eval").resolve("combos.jsonl")).stream()
        .map(GoldenPrompt::prompt)
        .toList();
  }

  /** Returns what drift is measured on: a part of the held-out text, and every probe. */
  DriftMaterial driftMaterial() throws IOException {
    List<Passage> passages = new ArrayList<>();
    List<Probe> probes = new ArrayList<>();
    try (Tokenizer tokenizer = Tokenizer.load(fp32());
        Stream<String> lines = Files.lines(root.resolve("heldout.txt"))) {
      int assistant = encode(tokenizer, "<|assistant|>")[0];
      int end = tokenizer.eosId().orElseThrow();
      lines
          .limit(PASSAGES)
          .forEach(
              line -> passages.add(Passage.conversation(encode(tokenizer, line), assistant, end)));
      for (GoldenPrompt golden : GoldenPrompt.read(probes())) {
        probes.add(
            new Probe(
                encode(tokenizer, "<|bos|><|user|>" + golden.prompt() + "<|end|><|assistant|>"),
                encode(tokenizer, golden.expected() + "<|end|>")));
      }
    }
    return new DriftMaterial(passages, probes, MAX_ANSWER_TOKENS);
  }

  /** The text is the project's own: its control tokens are meant. */
  private static int[] encode(Tokenizer tokenizer, String text) {
    return tokenizer.encode(List.of(TextSpan.control(text)));
  }
}
