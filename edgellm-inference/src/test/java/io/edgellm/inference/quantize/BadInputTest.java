package io.edgellm.inference.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import io.edgellm.inference.quantize.QuantizationException.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever goes wrong is refused by name, and nothing of it is ever to be seen. */
class BadInputTest {
  private static final Path GENAI = StoredModel.SAMPLE.resolve("genai");
  private static final QuantizationRecipe INT4 =
      QuantizationRecipe.of(new BlockFormat(4, 16, true));

  @TempDir Path temp;

  @ParameterizedTest
  @ValueSource(ints = {0, 2, 14})
  void refusesAnIrVersionThatTheRuntimeDoesNotLoad(int version) throws IOException {
    TinyModel tiny = new TinyModel(temp.resolve("source"));
    tiny.irVersion = version;
    tiny.write();

    refuses(tiny, Reason.UNSUPPORTED_MODEL, "IR version " + version);
  }

  @ParameterizedTest
  @ValueSource(ints = {6, 27})
  void refusesAnOpsetThatTheRuntimeDoesNotRun(int version) throws IOException {
    TinyModel tiny = new TinyModel(temp.resolve("source"));
    tiny.opset = version;
    tiny.write();

    refuses(tiny, Reason.UNSUPPORTED_MODEL, "opset " + version);
  }

  @ParameterizedTest
  @CsvSource({"FLOAT16", "BFLOAT16", "FLOAT8E4M3FN", "DOUBLE", "INT8"})
  void refusesWeightsOfAnotherTypeAndNamesTheNode(TensorProto.DataType type) throws IOException {
    TinyModel tiny = new TinyModel(temp.resolve("source"));
    tiny.graph.setInitializer(
        0, tiny.graph.getInitializer(0).toBuilder().setDataType(type.getNumber()));
    tiny.write();

    QuantizationException e = refuses(tiny, Reason.UNSUPPORTED_MODEL, "m");

    assertThat(e).hasMessageContaining(type.name().toLowerCase(Locale.ROOT));
  }

  @ParameterizedTest
  @CsvSource({"FLOAT, true", "FLOAT, false", "FLOAT16, false", "BFLOAT16, false"})
  void refusesAnInfiniteNumberInATensorThatIsOnlyCopied(TensorProto.DataType type, boolean external)
      throws IOException {
    TinyModel tiny = new TinyModel(temp.resolve("source"));
    boolean single = type == TensorProto.DataType.FLOAT;
    ByteBuffer bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    if (single) {
      bytes.putFloat(1).putFloat(Float.POSITIVE_INFINITY);
    } else {
      int infinite = type == TensorProto.DataType.FLOAT16 ? 0x7c00 : 0x7f80;
      bytes.putShort((short) 0x3c00).putShort((short) infinite).putInt(0);
    }
    TensorProto.Builder norm =
        TensorProto.newBuilder()
            .setName("norm")
            .setDataType(type.getNumber())
            .addDims(single ? 2 : 4);
    if (external) {
      Files.write(tiny.directory.resolve("norm.data"), bytes.array());
      norm.setDataLocation(TensorProto.DataLocation.EXTERNAL)
          .addExternalData(
              StringStringEntryProto.newBuilder().setKey("location").setValue("norm.data"));
    } else {
      norm.setRawData(ByteString.copyFrom(bytes.array()));
    }
    tiny.graph.addInitializer(norm).addNode(TinyModel.node("Mul", "scale", "y", "norm", "z"));
    tiny.write();

    refuses(tiny, Reason.MALFORMED_MODEL, "norm");
  }

  @Test
  void takesAMaskOfInfiniteNumbersOver() throws IOException {
    TinyModel tiny = new TinyModel(temp.resolve("source"));
    TensorProto.Builder mask =
        TensorProto.newBuilder()
            .setName("mask")
            .setDataType(TensorProto.DataType.FLOAT.getNumber())
            .addDims(2)
            .addFloatData(0)
            .addFloatData(Float.NEGATIVE_INFINITY);
    tiny.graph.addInitializer(mask).addNode(TinyModel.node("Add", "hide", "y", "mask", "z"));
    tiny.write();

    new ModelQuantizer(INT4).quantize(tiny.directory, temp.resolve("out"));

    assertThat(StoredModel.read(temp.resolve("out/model.onnx")).tensors()).containsKey("mask");
  }

  @Test
  void refusesAWeightWithNegativeDimensions() throws IOException {
    TinyModel tiny = new TinyModel(temp.resolve("source"));
    tiny.graph.setInitializer(
        0,
        tiny.graph.getInitializer(0).toBuilder()
            .setDims(0, -TinyModel.ROWS)
            .setDims(1, -TinyModel.COLUMNS));
    tiny.write();

    refuses(tiny, Reason.MALFORMED_MODEL, "w");
  }

  @Test
  void namesTheNodeThatIsQuantizedAlready() {
    new ModelQuantizer(INT4).quantize(GENAI, temp.resolve("once"));

    QuantizationException e = refused(temp.resolve("once"), temp.resolve("twice"), progress -> {});

    assertThat(e.reason()).isEqualTo(Reason.NOTHING_TO_QUANTIZE);
    assertThat(e).hasMessageContaining("MatMulNBits");
    assertThat(e.subject()).hasValue("/model/layers.0/attn/qkv_proj/MatMul_Q4");
  }

  @Test
  void refusesASparseTensorWithItsBytesInAFile() throws IOException {
    TinyModel tiny = new TinyModel(temp.resolve("source"));
    tiny.graph.addSparseInitializer(
        SparseTensorProto.newBuilder()
            .setValues(
                TinyModel.weight()
                    .setName("sparse")
                    .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                    .addExternalData(
                        StringStringEntryProto.newBuilder()
                            .setKey("location")
                            .setValue("sparse.data"))));
    tiny.write();

    refuses(tiny, Reason.UNSUPPORTED_MODEL, "sparse.data");
  }

  @Test
  void stopsWhenItsThreadIsInterrupted() {
    QuantizationException e =
        refused(GENAI, temp.resolve("out"), progress -> Thread.currentThread().interrupt());

    assertThat(Thread.interrupted()).isTrue();
    assertThat(e.reason()).isEqualTo(Reason.CANCELLED);
    assertThat(temp).isEmptyDirectory();
  }

  @Test
  void noticesASourceThatChangesWhileItIsRead() throws IOException {
    Path source = StoredModel.copy(GENAI, temp.resolve("source"));

    QuantizationException e =
        refused(
            source,
            temp.resolve("out"),
            progress -> touch(source.resolve("model.onnx.data"), progress.number()));

    assertThat(e.reason()).isEqualTo(Reason.SOURCE_CHANGED);
    assertThat(e.subject()).hasValue("model.onnx.data");
    assertThat(names(temp)).containsExactly("source");
  }

  @Test
  void leavesTheDirectoryToTheRunThatIsFirst() throws Exception {
    Path target = temp.resolve("out");

    QuantizationException e =
        refused(
            GENAI,
            target,
            progress -> {
              if (progress.number() == 10) {
                new ModelQuantizer(INT4).quantize(GENAI, target);
              }
            });

    assertThat(e.reason()).isEqualTo(Reason.TARGET_EXISTS);
    new ModelQuantizer(INT4).quantize(GENAI, temp.resolve("alone"));
    Map<String, String> alone = StoredModel.digests(temp.resolve("alone"));
    assertThat(StoredModel.digests(target)).isEqualTo(alone);
    assertThat(names(temp)).containsExactly("alone", "out");
  }

  @Test
  void clearsAwayWhatAKilledRunHasLeft() throws Exception {
    Path target = temp.resolve("out");
    KilledQuantizer.run(GENAI, target);
    assertThat(target).doesNotExist();
    assertThat(names(temp)).hasSize(2).allMatch(name -> name.startsWith(".out.partial-"));

    new ModelQuantizer(INT4).quantize(GENAI, target);

    assertThat(names(temp)).containsExactly("out");
  }

  @Test
  void saysHowMuchSpaceIsMissingBeforeItWrites() throws Exception {
    try (SmallMemoryDisk disk = SmallMemoryDisk.of(500_000)) {
      QuantizationException e =
          refused(
              GENAI,
              disk.directory().resolve("out"),
              progress -> {
                throw new IllegalStateException("a tensor was written");
              });

      assertThat(e.reason()).isEqualTo(Reason.NO_SPACE);
      assertThat(e).hasMessageMatching("The model takes \\d+ bytes, the disk has \\d+: free .*");
      assertThat(names(disk.directory())).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 20, 40})
  void namesADiskThatBecomesFullInTheMiddle(int tensor) throws Exception {
    try (SmallMemoryDisk disk = SmallMemoryDisk.of(8_000_000)) {
      Path ballast = disk.directory().resolve("ballast");

      QuantizationException e =
          refused(
              GENAI,
              disk.directory().resolve("out"),
              progress -> {
                if (progress.number() == tensor) {
                  fill(ballast);
                }
              });

      assertThat(e.reason()).isEqualTo(Reason.NO_SPACE);
      assertThat(names(disk.directory())).containsExactly("ballast");
    }
  }

  private static void touch(Path file, int number) {
    try {
      Files.setLastModifiedTime(file, FileTime.fromMillis(number));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void fill(Path file) {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      while (true) {
        channel.write(ByteBuffer.allocate(4096));
      }
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("No space left");
    }
  }

  private QuantizationException refuses(TinyModel tiny, Reason reason, String subject)
      throws IOException {
    QuantizationException e = refused(tiny.directory, temp.resolve("out"), progress -> {});
    assertThat(e.reason()).isEqualTo(reason);
    assertThat(e.subject()).hasValue(subject);
    assertThat(names(temp)).containsExactly("source");
    return e;
  }

  private static QuantizationException refused(
      Path source, Path target, Consumer<QuantizationListener.Progress> during) {
    return catchThrowableOfType(
        QuantizationException.class,
        () -> new ModelQuantizer(INT4).quantize(source, target, during::accept, () -> false));
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }

  /** A file system of a few pages of memory. */
  private record SmallMemoryDisk(Path directory) implements AutoCloseable {
    static SmallMemoryDisk of(int bytes) throws IOException {
      assumeTrue(
          System.getProperty("os.name").equals("Linux")
              && "root".equals(System.getProperty("user.name")),
          "Mounting a small file system needs Linux and root.");
      Path directory = Files.createTempDirectory("edgellm-small");
      boolean mounted =
          run("mount", "-t", "tmpfs", "-o", "size=" + bytes, "tmpfs", directory.toString());
      assumeTrue(mounted, "Mounting a small file system is not allowed here.");
      return new SmallMemoryDisk(directory);
    }

    @Override
    public void close() throws IOException {
      run("umount", directory.toString());
      Files.delete(directory);
    }

    private static boolean run(String... command) throws IOException {
      return new ProcessBuilder(command).start().onExit().join().exitValue() == 0;
    }
  }
}
