package io.edgellm.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import org.junit.jupiter.api.Test;

class ModelLabelsTest {

  @Test
  void knowsTheVersionItIsOf() {
    ModelId model = new ModelId("assistant");
    ModelVersion version = ModelVersion.parse("1.3.0+onnx-int8-aarch64");
    ModelLabels labels = ModelLabels.of(model, version, "canary");
    assertThat(labels.version()).isEqualTo("1.3.0+onnx-int8-aarch64");
    assertThat(labels.isOf(model, version)).isTrue();
    assertThat(labels.isOf(model, ModelVersion.parse("1.3.0"))).isFalse();
    assertThat(labels.isOf(new ModelId("other"), version)).isFalse();
  }

  @Test
  void refusesBlankAndEndlessLabels() {
    for (String label : new String[] {"", " ", "x".repeat(257)}) {
      assertThatThrownBy(() -> new ModelLabels("assistant", "1.0.0", label))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("'stage'");
    }
  }
}
