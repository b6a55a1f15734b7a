package io.edgellm.inference.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.edgellm.inference.OnnxModelLoader;
import io.edgellm.inference.OnnxOptions;
import io.edgellm.inference.engine.GoldenChat;
import io.edgellm.inference.onnx.TensorRange;
import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.InferenceException;
import io.edgellm.llm.LoadedModel;
import io.edgellm.model.Artifact;
import io.edgellm.model.DeviceProfile;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Requirements;
import io.edgellm.release.PublishListener;
import io.edgellm.release.ReleaseBuilder;
import io.edgellm.release.ReleasePublisher;
import io.edgellm.release.ReleaseSigner;
import io.edgellm.store.Lease;
import io.edgellm.store.ModelStore;
import io.edgellm.store.StoreOptions;
import io.edgellm.transfer.HttpArtifactSource;
import io.edgellm.transfer.ModelDelivery;
import io.edgellm.transfer.ReleaseCatalog;
import io.edgellm.transfer.TransferListener;
import io.edgellm.trust.DevelopmentModel;
import io.edgellm.trust.ModelVerifier;
import io.edgellm.trust.PolicyModelVerifier;
import io.edgellm.trust.SignedRelease;
import io.edgellm.trust.TrustPolicy;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sharded releases on their way to a device, and in its engine. */
class ShardDeliveryTest {
  private static final ModelId MODEL = new ModelId("assistant");
  private static final ModelVersion ONE = ModelVersion.parse("1.0.0");
  private static final ModelVersion TWO = ModelVersion.parse("2.0.0");

  @TempDir Path temp;
  private final ReleaseSigner signer = ReleaseSigner.generate();

  private SignedRelease publish(Path model, ModelVersion version) {
    Requirements requirements =
        new Requirements(List.of(), List.of(), "onnxruntime", "1.20", 1 << 20, 512);
    SignedRelease release =
        signer.sign(
            ReleaseBuilder.of(
                    model, MODEL, version, ReleaseManifest.Format.ONNX_GENAI, requirements)
                .build());
    new ReleasePublisher(temp.resolve("repository"))
        .publish(release, model, PublishListener.silent());
    return release;
  }

  private ModelVerifier verifier() {
    return PolicyModelVerifier.of(
        TrustPolicy.builder()
            .signer("publisher", signer.publicKey(), MODEL.value())
            .signatureAlone()
            .build());
  }

  private void deliver(CountingServer server, ModelStore store, ModelVersion version) {
    HttpArtifactSource source =
        new HttpArtifactSource(server.uri(), HttpClient.newHttpClient(), Duration.ofSeconds(30));
    ModelDelivery.builder(
            ReleaseCatalog.unsigned(source),
            source,
            store,
            verifier(),
            DeviceProfile.ofThisMachine("onnxruntime", "1.28.0", 1L << 30))
        .build()
        .deliver(MODEL, version, TransferListener.silent());
  }

  /** Fp32 models of which the second has another fourth block. */
  private Path tuned() throws IOException {
    Path tuned = temp.resolve("tuned");
    try (Stream<Path> files = Files.walk(GoldenChat.SAMPLE.resolve("genai"))) {
      for (Path file : files.toList()) {
        Files.copy(
            file, tuned.resolve(GoldenChat.SAMPLE.resolve("genai").relativize(file).toString()));
      }
    }
    FineTune.halve(tuned.resolve("model.onnx"), name -> name.startsWith("model.layers.3."));
    return tuned;
  }

  @Test
  void aSecondReleaseMovesTheFileOfTheChangedBlockAndItsPapersAlone() throws IOException {
    new ModelSharder().shard(GoldenChat.SAMPLE.resolve("genai"), temp.resolve("one"));
    new ModelSharder().shard(tuned(), temp.resolve("two"));
    publish(temp.resolve("one"), ONE);
    SignedRelease two = publish(temp.resolve("two"), TWO);
    Artifact block = two.manifest().file("weights/block-03.data").orElseThrow();
    assertThat(block.role()).isEqualTo(Artifact.Role.WEIGHTS);
    try (CountingServer server = new CountingServer(temp.resolve("repository"));
        ModelStore store = ModelStore.open(temp.resolve("store"), StoreOptions.defaults())) {
      deliver(server, store, ONE);
      long all = server.sent().values().stream().mapToLong(Long::longValue).sum();
      assertThat(store.missing(two.manifest())).containsExactly(block);

      deliver(server, store, TWO);

      Map<String, Long> sent = server.sent();
      assertThat(sent.entrySet().stream().filter(e -> e.getKey().startsWith("blobs/")))
          .containsExactly(Map.entry("blobs/sha256/" + block.sha256().hex(), block.sizeBytes()));
      long bytes = sent.values().stream().mapToLong(Long::longValue).sum();
      long papers = bytes - block.sizeBytes();
      assertThat(papers).isPositive().isLessThan(32 << 10);
      System.out.printf(
          "release 1: %d bytes; release 2, one block of five changed: %d, papers %d of them%n",
          all, bytes, papers);
    }
  }

  @Test
  void aDeliveredModelAnswersAsTheOriginal() throws Exception {
    new ModelSharder().shard(GoldenChat.SAMPLE.resolve("genai"), temp.resolve("one"));
    publish(temp.resolve("one"), ONE);
    try (CountingServer server = new CountingServer(temp.resolve("repository"));
        ModelStore store = ModelStore.open(temp.resolve("store"), StoreOptions.defaults())) {
      deliver(server, store, ONE);
      try (Lease lease = store.lease(MODEL, ONE);
          LoadedModel model =
              new OnnxModelLoader(OnnxOptions.builder().threads(1).build())
                  .load(lease.verify(verifier()).orElseThrow())) {
        for (GoldenChat chat : GoldenChat.all().subList(0, 5)) {
          GenerationRequest request =
              GenerationRequest.builder().messages(chat.messages()).maxTokens(96).build();
          assertThat(model.generate(request).tokenIds()).isEqualTo(chat.outputIds());
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"../secret/block-00.data", "/etc/hostname", "weights/../../secret/x"})
  void aShardOutsideOfTheModelIsNotLoaded(String location) throws IOException {
    Path model = temp.resolve("hostile");
    new ModelSharder().shard(GoldenChat.SAMPLE.resolve("genai"), model);
    Files.createDirectories(temp.resolve("secret"));
    Files.copy(model.resolve("weights/block-00.data"), temp.resolve("secret/block-00.data"));
    Files.copy(model.resolve("weights/block-00.data"), temp.resolve("secret/x"));
    redirect(model.resolve("model.onnx"), location);

    assertNotLoaded(model);
  }

  @Test
  void aShardThatIsALinkToTheOutsideIsNotLoaded() throws IOException {
    Path model = temp.resolve("hostile");
    new ModelSharder().shard(GoldenChat.SAMPLE.resolve("genai"), model);
    Path shard = model.resolve("weights/block-00.data");
    Files.move(shard, temp.resolve("outside"));
    Files.createSymbolicLink(shard, temp.resolve("outside"));

    assertNotLoaded(model);
  }

  @Test
  void aModelWithoutOneOfItsShardsIsNotLoaded() throws IOException {
    Path model = temp.resolve("hostile");
    new ModelSharder().shard(GoldenChat.SAMPLE.resolve("genai"), model);
    Files.delete(model.resolve("weights/block-02.data"));

    assertNotLoaded(model);
  }

  private static void assertNotLoaded(Path model) {
    OnnxModelLoader loader = new OnnxModelLoader(OnnxOptions.builder().threads(1).build());
    assertThatThrownBy(() -> loader.load(DevelopmentModel.at(model)))
        .isInstanceOfSatisfying(
            InferenceException.class,
            e -> assertThat(e.reason()).isEqualTo(InferenceException.Reason.MODEL_INVALID));
  }

  /** Lets the tensors of block 0 lie elsewhere. */
  private static void redirect(Path graph, String location) throws IOException {
    ModelProto.Builder model = ModelProto.parseFrom(Files.readAllBytes(graph)).toBuilder();
    for (TensorProto.Builder tensor : model.getGraphBuilder().getInitializerBuilderList()) {
      if (tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
        TensorRange range = TensorRange.of(tensor.build());
        if (range.location().endsWith("block-00.data")) {
          new TensorRange(location, range.offset(), range.length()).describe(tensor);
        }
      }
    }
    Files.write(graph, model.build().toByteArray());
  }
}
