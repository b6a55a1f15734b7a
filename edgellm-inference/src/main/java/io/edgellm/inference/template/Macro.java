package io.edgellm.inference.template;

import io.edgellm.inference.template.Statement.Parameter;
import io.edgellm.inference.template.Statement.Signature;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A macro together with the variables that it sees where it was written. */
final class Macro implements Value.Callable, Value.Attributed {
  private final Interpreter interpreter;
  private final String name;
  private final Signature signature;
  private final List<Statement> body;
  private final Scope definedIn;

  Macro(
      Interpreter interpreter,
      String name,
      Signature signature,
      List<Statement> body,
      Scope definedIn) {
    this.interpreter = interpreter;
    this.name = name;
    this.signature = signature;
    this.body = body;
    this.definedIn = definedIn;
  }

  @Override
  public Value call(Rendering rendering, Args args) {
    rendering.budget().enter();
    Scope scope = definedIn.inner();
    for (Parameter parameter : signature.parameters()) {
      Value given = args.take(parameter.name());
      scope.set(parameter.name(), given != null ? given : otherwise(parameter, scope));
    }
    Value caller = args.takeNamed("caller");
    if (caller != null && !signature.takesCaller()) {
      throw new Fault(name + "() does not call what a call block hands to it.");
    }
    scope.set("caller", caller != null ? caller : new Value.Undefined("There is no caller here."));
    bindRest(rendering, args, scope);
    Text text = interpreter.captured(body, scope);
    rendering.budget().leave();
    return Value.of(text);
  }

  @Override
  public @Nullable Value attribute(String attribute) {
    return switch (attribute) {
      case "name" -> Value.ofTemplate(name);
      case "arguments" ->
          Value.tuple(
              signature.parameters().stream()
                  .map(parameter -> Value.ofTemplate(parameter.name()))
                  .toArray(Value[]::new));
      case "catch_varargs" -> Value.of(signature.takesMorePositional());
      case "catch_kwargs" -> Value.of(signature.takesMoreNamed());
      case "caller" -> Value.of(signature.takesCaller());
      default -> null;
    };
  }

  private Value otherwise(Parameter parameter, Scope scope) {
    return parameter.otherwise() != null
        ? interpreter.value(parameter.otherwise(), scope)
        : new Value.Undefined(
            "The parameter '" + parameter.name() + "' of " + name + "() was not given.");
  }

  private void bindRest(Rendering rendering, Args args, Scope scope) {
    if (signature.takesMorePositional()) {
      scope.set("varargs", new Value.Items(args.restPositional(), Value.Items.Kind.TUPLE));
    }
    if (signature.takesMoreNamed()) {
      Entries named = new Entries(rendering.budget());
      args.restNamed().forEach((key, value) -> named.put(Value.of(key), value));
      scope.set("kwargs", named.dict());
    }
    args.end();
  }

  @Override
  public String typeName() {
    return "Macro";
  }
}
