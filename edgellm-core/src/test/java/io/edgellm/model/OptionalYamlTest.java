package io.edgellm.model;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.trust.TrustPolicy;
import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Runs the readers as a host sees them that does not bring the YAML libraries. */
final class OptionalYamlTest {
  @Test
  void jsonIsReadWithoutTheYamlLibraries() throws Exception {
    assertThat(reason("fromJson", "{}")).isEqualTo("MISSING_FIELD");
  }

  @Test
  void yamlSaysWhichDependencyIsMissing() throws Exception {
    assertThat(reason("fromYaml", "schema: x")).isEqualTo("MISSING_DEPENDENCY");
  }

  @Test
  void aPolicySaysItToo() throws Exception {
    assertThat(
            reason(
                TrustPolicy.class,
                "fromYaml",
                new Class<?>[] {String.class, Path.class},
                "a",
                Path.of("")))
        .isEqualTo("UNSUPPORTED");
  }

  private static String reason(String method, String document) throws Exception {
    return reason(
        ReleaseManifest.class, method, new Class<?>[] {byte[].class}, document.getBytes(UTF_8));
  }

  private static String reason(
      Class<?> type, String method, Class<?>[] parameters, Object... arguments) throws Exception {
    try (URLClassLoader host =
        new URLClassLoader(withoutYaml(), ClassLoader.getPlatformClassLoader())) {
      host.loadClass(type.getName()).getMethod(method, parameters).invoke(null, arguments);
      return "none";
    } catch (InvocationTargetException e) {
      Throwable refused = Objects.requireNonNull(e.getCause());
      return refused.getClass().getMethod("reason").invoke(refused).toString();
    }
  }

  private static URL[] withoutYaml() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .filter(entry -> !entry.contains("yaml"))
        .map(OptionalYamlTest::url)
        .toArray(URL[]::new);
  }

  private static URL url(String entry) {
    try {
      return Path.of(entry).toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
