package io.edgellm.internal.yaml;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.File;
import java.lang.reflect.Method;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Reads as a host does that does not bring the YAML libraries. */
class YamlLibraryTest {
  @Test
  void saysWhichDependencyIsMissing() throws Exception {
    List<URL> path = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      if (!entry.contains("yaml")) {
        URI uri = Path.of(entry).toUri();
        path.add(uri.toURL());
      }
    }
    try (URLClassLoader host =
        new URLClassLoader(path.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
      Class<?> reader = host.loadClass(LocatedYaml.class.getName());
      Method read = reader.getMethod("read", byte[].class);
      Throwable thrown = catchThrowable(() -> read.invoke(null, (Object) "a: b".getBytes(UTF_8)));
      Throwable refused = Objects.requireNonNull(thrown.getCause());
      assertThat(refused).hasMessageContaining("jackson-dataformat-yaml");
      assertThat(refused.getClass().getMethod("kind").invoke(refused))
          .hasToString("MISSING_LIBRARY");
    }
  }
}
