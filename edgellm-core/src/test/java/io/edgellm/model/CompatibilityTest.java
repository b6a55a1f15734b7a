package io.edgellm.model;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class CompatibilityTest {
  private static final DeviceProfile DEVICE =
      new DeviceProfile(
          "aarch64",
          "linux",
          "onnxruntime",
          "1.28.0",
          64L << 20,
          List.of("CPUExecutionProvider", "QNNExecutionProvider"),
          List.of("qnn-htp"),
          Map.of(Requirements.ONNX_DOMAIN, 25, "com.microsoft", 1),
          List.of("com.example"));

  private static List<String> reasons(UnaryOperator<RequirementsBuilder> change) {
    Requirements needs = change.apply(ManifestScene.small().toBuilder()).build();
    return Compatibility.explain(needs, DEVICE).reasons();
  }

  @Test
  void aReleaseFitsWhereAllThatItNeedsIsThere() {
    assertThat(Compatibility.explain(ManifestScene.everything(), DEVICE).fits()).isTrue();
  }

  @Test
  void namesEveryObstacleAtOnce() {
    DeviceProfile other = new DeviceProfile("x86_64", "windows", "onnxruntime", "1.30.1", 1 << 20);
    assertThat(
            Compatibility.explain(ManifestScene.whole(), other.withAccelerators(List.of("npu")))
                .reasons())
        .containsExactly(
            "It is built for aarch64, this device has x86_64.",
            "It is built for linux, this device runs windows.",
            "It needs onnxruntime 1.20 to 1.28, this device has 1.30.1.",
            "It needs the operators of com.example, which this device does not register: install"
                + " their library.",
            "It needs the accelerator qnn-htp, this device has npu.",
            "It needs 67108864 bytes of memory (1048576 for weights, 2560 for each of 512 tokens),"
                + " this device grants 1048576.");
  }

  @Test
  void aMaximumIncludesItsPatches() {
    UnaryOperator<RequirementsBuilder> atMost28 =
        b -> b.runtime(new RuntimeRange("onnxruntime", "1.20", "1.28"));
    assertThat(reasons(atMost28)).isEmpty();
    RuntimeRange range = new RuntimeRange("onnxruntime", "1.20.1", "1.28");
    assertThat(range.admits("1.28.9")).isTrue();
    assertThat(range.admits("1.20.1-rc1")).isTrue();
    assertThat(range.admits("1.29.0")).isFalse();
    assertThat(range.admits("1.20.0")).isFalse();
  }

  @Test
  void anotherRuntimeWillDoWhereTheReleaseNamesIt() {
    RuntimeRange ours = new RuntimeRange("onnxruntime", "1.28", null);
    assertThat(
            reasons(
                b -> b.runtime(new RuntimeRange("genai", "1", null)).otherRuntimes(List.of(ours))))
        .isEmpty();
    assertThat(reasons(b -> b.runtime(new RuntimeRange("genai", "1", null))))
        .containsExactly("It needs the runtime genai, this device has onnxruntime.");
  }

  @Test
  void anOperatorSetIsTooNewOrNotKnown() {
    assertThat(reasons(b -> b.opsets(Map.of(Requirements.ONNX_DOMAIN, 25)))).isEmpty();
    assertThat(reasons(b -> b.opsets(Map.of(Requirements.ONNX_DOMAIN, 26, "ai.onnx.ml", 3))))
        .containsExactly(
            "It needs operator set 26 of ai.onnx, this device's runtime ends at 25: update the"
                + " runtime, or export the model for an older set.",
            "It needs operator set 3 of ai.onnx.ml, of which this device's runtime knows none:"
                + " update the runtime.");
  }

  @Test
  void aProfileWithoutOperatorSetsLeavesThemToTheRuntime() {
    Requirements needs =
        ManifestScene.small().toBuilder().opsets(Map.of(Requirements.ONNX_DOMAIN, 99)).build();
    DeviceProfile silent = DEVICE.withOperators(Map.of(), List.of());
    assertThat(Compatibility.explain(needs, silent).fits()).isTrue();
  }

  @Test
  void oneOfTheExecutionProvidersIsEnough() {
    assertThat(
            reasons(
                b ->
                    b.executionProviders(List.of("CUDAExecutionProvider", "CPUExecutionProvider"))))
        .isEmpty();
    assertThat(reasons(b -> b.executionProviders(List.of("CUDAExecutionProvider"))))
        .containsExactly(
            "It needs CUDAExecutionProvider, this device's runtime has CPUExecutionProvider,"
                + " QNNExecutionProvider: install a runtime that has one of them.");
  }

  @Test
  void memoryIsWhatIsDemandedOrWhatThePartsAddUpTo() {
    assertThat(reasons(b -> b.memory(new MemoryNeed(60L << 20, 8 << 10, 0)))).isEmpty();
    assertThat(reasons(b -> b.memory(new MemoryNeed(60L << 20, (8 << 10) + 1, 0)))).hasSize(1);
    assertThat(reasons(b -> b.memory(new MemoryNeed(0, 0, 65L << 20)))).hasSize(1);
    assertThat(new MemoryNeed(1, Long.MAX_VALUE, 0).totalBytes(2)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void aProfileIsReadAsItWasWritten() {
    assertThat(DeviceProfile.fromJson(DEVICE.toJson())).isEqualTo(DEVICE);
    DeviceProfile here = DeviceProfile.ofThisMachine("onnxruntime", "1.28.0", 1);
    assertThat(DeviceProfile.fromJson(here.toJson())).isEqualTo(here);
    assertThat(here.executionProviders()).containsExactly("CPUExecutionProvider");
  }

  @Test
  void aProfileWithAFieldThatIsNotKnownIsRefused() {
    byte[] bad = "{\"schema\":\"edgellm.device/v1\",\"x\":1}".getBytes(UTF_8);
    assertThatThrownBy(() -> DeviceProfile.fromJson(bad)).isInstanceOf(ModelException.class);
  }
}
