package io.edgellm.benchmarks.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportTest {
  private static final ModelPair PAIR =
      new ModelPair("test", Path.of("onnx"), 300_000_000, Path.of("gguf"), 200_000_000);

  private static Report report() {
    Report report =
        new Report(PAIR, new ComparisonOptions("--rounds", "3", "--threads", "2"), "They agree.");
    for (double millis : new double[] {30, 10, 20}) {
      report.addBandwidth(20);
      report.add(EngineKind.EDGELLM, decoding(millis, 1));
      report.add(EngineKind.LLAMA_CPP, decoding(2 * millis, 0));
    }
    return report;
  }

  private static Map<Metric, Double> decoding(double millis, double zero) {
    Map<Metric, Double> measured = new EnumMap<>(Metric.class);
    measured.put(Metric.DECODE_CPU, millis);
    measured.put(Metric.PREFIX_SEEN_CPU, zero);
    return measured;
  }

  @Test
  void comparesTheMediansOfTheRounds() {
    assertThat(report().toMarkdown())
        .contains("| decode, CPU per token | 20.0 ms | 40.0 ms | 0.50 | less is better |");
  }

  @Test
  void leavesOutARatioWithoutMeaning() {
    assertThat(report().toMarkdown())
        .contains("| the same, CPU | 1.0 ms | 0.0 ms |  |  |")
        .contains("| 4 requests together | – | – |  |  |");
  }

  @Test
  void saysHowMuchOfTheReadBandwidthDecodingUses() throws IOException {
    JsonNode json = new ObjectMapper().readTree(report().toJson());

    // 300 MB in 20 ms of computing by two threads are 30 GB/s, of 20 for both.
    assertThat(json.at("/EdgeLLM/bandwidth_share/median").asDouble()).isEqualTo(150);
  }

  @Test
  void keepsEveryRound() throws IOException {
    JsonNode json = new ObjectMapper().readTree(report().toJson());

    assertThat(json.at("/llama.cpp/decode_cpu/rounds").toString()).isEqualTo("[60.0,20.0,40.0]");
    assertThat(json.path("settings").asText()).startsWith("2 threads, context 2048");
  }
}
