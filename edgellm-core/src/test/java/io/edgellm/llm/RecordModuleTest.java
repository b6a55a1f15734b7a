package io.edgellm.llm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records of a host that is a module, as this library is one then. */
final class RecordModuleTest {
  private static final Map<String, String> HOST =
      Map.of(
          "module-info.java",
          """
          module host {
            requires io.edgellm.core;
            exports host.api;
            opens host.open to io.edgellm.core;
          }
          """,
          "host/api/Exported.java",
          """
          package host.api;
          public record Exported(int x) {}
          """,
          "host/api/Hidden.java",
          """
          package host.api;
          record Hidden(int x) {}
          """,
          "host/open/Opened.java",
          """
          package host.open;
          record Opened(int x) {}
          """,
          "host/api/Host.java",
          """
          package host.api;
          public final class Host {
            public static String read(Class<? extends Record> type) {
              return new io.edgellm.llm.ToolCall("1", "t", "{\\"x\\":1}").argumentsAs(type).toString();
            }
          }
          """);

  @TempDir static Path dir;
  private static ClassLoader host = ClassLoader.getPlatformClassLoader();

  @BeforeAll
  static void startTheHost() throws IOException {
    Path classes = dir.resolve("classes");
    compile(classes);
    List<Path> path = new ArrayList<>(modulePath());
    path.add(classes);
    Configuration configuration =
        ModuleLayer.boot()
            .configuration()
            .resolve(ModuleFinder.of(path.toArray(Path[]::new)), ModuleFinder.of(), Set.of("host"));
    host =
        ModuleLayer.boot()
            .defineModulesWithOneLoader(configuration, ClassLoader.getPlatformClassLoader())
            .findLoader("host");
  }

  @Test
  void readsPublicRecordsOfAnExportedPackage() throws ReflectiveOperationException {
    assertThat(read("host.api.Exported")).isEqualTo("Exported[x=1]");
  }

  @Test
  void readsRecordsOfAPackageThatIsOpenToTheLibrary() throws ReflectiveOperationException {
    assertThat(read("host.open.Opened")).isEqualTo("Opened[x=1]");
  }

  @Test
  void saysWhatToWriteWhereAPackageIsClosed() throws ReflectiveOperationException {
    assertThat(read("host.api.Hidden"))
        .contains("'opens host.api to io.edgellm.core;'")
        .contains("module-info.java of host");
  }

  /** Returns the record, or what is thrown, as text. */
  private static String read(String type) throws ReflectiveOperationException {
    try {
      return (String)
          host.loadClass("host.api.Host")
              .getMethod("read", Class.class)
              .invoke(null, host.loadClass(type));
    } catch (InvocationTargetException e) {
      return String.valueOf(e.getCause());
    }
  }

  private static void compile(Path classes) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("-proc:none", "-d", classes.toString()));
    arguments.add("--module-path");
    arguments.add(
        modulePath().stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
    for (Map.Entry<String, String> source : HOST.entrySet()) {
      Path file = dir.resolve("sources").resolve(source.getKey());
      Files.createDirectories(file.getParent());
      arguments.add(Files.writeString(file, source.getValue()).toString());
    }
    assertThat(
            ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, arguments.toArray(String[]::new)))
        .isZero();
  }

  /** This library and what it requires. */
  private static List<Path> modulePath() {
    List<String> required =
        List.of("jackson-core", "jackson-databind", "jackson-annotations", "slf4j-api", "jspecify");
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(Path::of)
        .filter(
            entry ->
                Files.exists(entry.resolve("module-info.class"))
                    || required.stream()
                        .anyMatch(name -> entry.getFileName().toString().startsWith(name)))
        .toList();
  }
}
