package io.edgellm.examples.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.model.ModelVersion;
import io.edgellm.store.ModelState;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What is active now, as an answer. */
final class StateAnswer {
  private StateAnswer() {}

  static void print(Console console, ModelState state) {
    ObjectNode json = Console.object();
    json.put("model", state.model().value())
        .put("active", text(state.current()))
        .put("status", label(state))
        .put("previous", text(state.previous()));
    console.answer(
        state.model() + " " + state.current() + " is active (" + label(state) + ")", json);
  }

  /** Says what a version is to its line: trial, healthy, previous, or only installed. */
  static String of(ModelVersion version, ModelState state) {
    if (version.equals(state.current())) {
      return label(state);
    }
    return version.equals(state.previous()) ? "previous" : "installed";
  }

  private static String label(ModelState state) {
    return state.status().name().toLowerCase(Locale.ROOT);
  }

  private static @Nullable String text(@Nullable ModelVersion version) {
    return version == null ? null : version.toString();
  }
}
