package io.edgellm.inference.template;

import java.time.ZonedDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The functions that every template sees: Jinja's own and those of Hugging Face. */
final class Globals {
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
    args.end();
    return new Value.Items(new Range(start, stop, step), Value.Items.Kind.RANGE);
  }

  private static Value dict(Rendering rendering, Args args) {
    return entries(rendering, args).dict();
  }

  private static Entries entries(Rendering rendering, Args args) {
    Entries entries = new Entries(rendering.budget());
    if (args.hasPositional()) {
      addTo(entries, args.required("mapping"), rendering.budget());
    }
    args.restNamed().forEach((name, value) -> entries.put(Value.of(name), value));
    args.end();
    return entries;
  }

  private static void addTo(Entries entries, Value source, Budget budget) {
    if (source instanceof Value.Dict dict) {
      entries.putAll(dict.entries());
      return;
    }
    for (Value pair : Sequences.iterate(source, budget)) {
      List<Value> parts = Sequences.iterate(pair, budget);
      if (parts.size() != 2) {
        throw new Fault("dict() needs pairs.");
      }
      entries.put(parts.get(0), parts.get(1));
    }
  }

  private static Value namespace(Rendering rendering, Args args) {
    rendering.budget().values(4);
    Value.Dict attributes = (Value.Dict) entries(rendering, args).dict();
    return new Value.Namespace(new LinkedHashMap<>(attributes.entries()));
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
    Text format = args.text("format");
    rendering.budget().text(8L * format.length());
    String date = Strftime.format(ZonedDateTime.now(rendering.clock()), format.toString());
    return Value.of(Text.of(date, format.provenance()));
  }
}
