package io.edgellm.benchmarks.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.benchmarks.synthetic.ModelShape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionTest {
  @Test
  void measuresEverythingOfThisEngine(@TempDir Path folder)
      throws IOException, InterruptedException {
    ModelPair pair = ModelPair.synthetic(folder, ModelShape.tiny(), 1);
    EngineSettings settings =
        new EngineSettings(pair.onnx(), folder.resolve("cache"), 1, 1024, 0, 1, false);

    Map<Metric, Double> measured =
        new Session(EngineKind.EDGELLM, EngineSettings.ofJson(settings.toJson()), 4, 1).run();

    Engine crowded = EngineKind.EDGELLM.open(settings.withConcurrency(Crowd.REQUESTS));
    measured.putAll(new Crowd(crowded, 4, 1).run());

    assertThat(Metric.values())
        .allMatch(metric -> metric == Metric.BANDWIDTH_SHARE || measured.containsKey(metric));
    assertThat(measured.get(Metric.DECODE_WALL)).isPositive();
  }
}
