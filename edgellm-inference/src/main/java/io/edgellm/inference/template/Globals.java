package io.edgellm.inference.template;

import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The functions that every template sees: Jinja's own and those of Hugging Face. */
final class Globals {
  /** Jinja's sandbox has the same bound. */
  private static final long MAX_RANGE = 100_000;

  static final Map<String, Value> FUNCTIONS =
      Map.of(
          "range", new Builtin("range", Globals::range),
          "dict", new Builtin("dict", Globals::dict),
          "namespace", new Builtin("namespace", Globals::namespace),
          "cycler", new Builtin("cycler", (rendering, args) -> new Cycler(args.restPositional())),
          "joiner", new Builtin("joiner", Globals::joiner),
          "raise_exception", new Builtin("raise_exception", Globals::raise),
          "strftime_now", new Builtin("strftime_now", Globals::now));

  private Globals() {}

  private static Value range(Rendering rendering, Args args) {
    long first = Numbers.integer(args.required("start"), "range()");
    Value second = args.optional("stop", Value.None.NONE);
    long step = args.integer("step", 1);
    long start = second instanceof Value.None ? 0 : first;
    long stop = second instanceof Value.None ? first : Numbers.integer(second, "range()");
    if (step == 0) {
      throw new Fault("range() needs a step that is not zero.");
    }
    List<Value> numbers = new ArrayList<>();
    for (long i = start; step > 0 ? i < stop : i > stop; i += step) {
      if (numbers.size() == MAX_RANGE) {
        throw new Fault("range() gives " + MAX_RANGE + " numbers at most.");
      }
      numbers.add(Value.of(i));
    }
    rendering.budget().spend(numbers.size());
    return Value.list(numbers);
  }

  private static Value dict(Rendering rendering, Args args) {
    LinkedHashMap<Value, Value> entries = new LinkedHashMap<>();
    if (args.hasPositional()) {
      entries.putAll(entries(args.required("mapping")));
    }
    args.restNamed().forEach((name, value) -> entries.put(Value.ofTemplate(name), value));
    return Value.dict(entries);
  }

  private static Map<Value, Value> entries(Value source) {
    if (source instanceof Value.Dict dict) {
      return dict.entries();
    }
    Map<Value, Value> entries = new LinkedHashMap<>();
    for (Value pair : Sequences.iterate(source)) {
      List<Value> parts = Sequences.iterate(pair);
      if (parts.size() != 2) {
        throw new Fault("dict() needs pairs.");
      }
      entries.put(parts.get(0), parts.get(1));
    }
    return entries;
  }

  private static Value namespace(Rendering rendering, Args args) {
    Map<String, Value> attributes = new LinkedHashMap<>();
    if (args.hasPositional()) {
      entries(args.required("mapping"))
          .forEach((name, value) -> attributes.put(name.toString(), value));
    }
    attributes.putAll(args.restNamed());
    return new Value.Namespace(attributes);
  }

  private static Value joiner(Rendering rendering, Args args) {
    Text separator = args.text("sep", ", ");
    boolean[] used = {false};
    return new Builtin(
        "joiner",
        (again, none) -> {
          Text text = used[0] ? separator : Text.EMPTY;
          used[0] = true;
          return Value.of(text);
        });
  }

  private static Value raise(Rendering rendering, Args args) {
    throw new Fault(PythonText.str(args.required("message"), rendering.budget()).toString());
  }

  private static Value now(Rendering rendering, Args args) {
    String format = args.text("format").toString();
    return Value.ofTemplate(Strftime.format(ZonedDateTime.now(rendering.clock()), format));
  }
}
