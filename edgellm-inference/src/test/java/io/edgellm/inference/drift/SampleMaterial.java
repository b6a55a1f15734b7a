package io.edgellm.inference.drift;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.edgellm.inference.text.TextSpan;
import io.edgellm.inference.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The held-out text and the probes of the sample model, as its own evaluation reads them. */
final class SampleMaterial {
  static final Path SAMPLE = Path.of(System.getProperty("edgellm.sample.dir"));
  private static final int END = 2;
  private static final int ASSISTANT = 5;

  private SampleMaterial() {}

  static DriftMaterial all() throws IOException {
    return every(1, 1);
  }

  static DriftMaterial every(int nthPassage, int nthProbe) throws IOException {
    List<Passage> passages = new ArrayList<>();
    List<Probe> probes = new ArrayList<>();
    try (Tokenizer tokenizer = Tokenizer.load(SAMPLE.resolve("genai"))) {
      List<String> lines = Files.readAllLines(SAMPLE.resolve("heldout.txt"));
      for (int i = 0; i < lines.size(); i += nthPassage) {
        passages.add(Passage.conversation(encode(tokenizer, lines.get(i)), ASSISTANT, END));
      }
      List<String> cases = Files.readAllLines(SAMPLE.resolve("probes.jsonl"));
      for (int i = 0; i < cases.size(); i += nthProbe) {
        JsonNode probe = new ObjectMapper().readTree(cases.get(i));
        String prompt = "<|bos|><|user|>" + probe.get("prompt").asText() + "<|end|><|assistant|>";
        probes.add(
            new Probe(
                encode(tokenizer, prompt),
                encode(tokenizer, probe.get("expected").asText() + "<|end|>")));
      }
    }
    return new DriftMaterial(passages, probes, 96);
  }

  private static int[] encode(Tokenizer tokenizer, String text) {
    return tokenizer.encode(List.of(TextSpan.control(text)));
  }
}
