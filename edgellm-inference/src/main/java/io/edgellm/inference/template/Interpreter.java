package io.edgellm.inference.template;

import io.edgellm.inference.template.Statement.Target;
import java.util.ArrayList;
import java.util.List;

/** Runs the statements of a template and writes its output. */
final class Interpreter {
  private final Rendering rendering;
  private final Evaluator evaluator;
  private TextBuilder output;

  Interpreter(Rendering rendering) {
    this.rendering = rendering;
    this.evaluator = new Evaluator(rendering);
    this.output = new TextBuilder(rendering.budget());
  }

  /** How a block ended. */
  private enum Flow {
    NEXT,
    BREAK,
    CONTINUE
  }

  /** Runs a whole template. */
  Text run(Source source, List<Statement> statements, Scope scope) {
    try {
      run(statements, scope);
      return output.build();
    } catch (Fault fault) {
      throw source.failed(evaluator.at(), String.valueOf(fault.getMessage()));
    } catch (StackOverflowError tooDeep) {
      throw source.failed(evaluator.at(), "The template or its input is nested too deeply.");
    }
  }

  private Flow run(List<Statement> statements, Scope scope) {
    for (Statement statement : statements) {
      Flow flow = run(statement, scope);
      if (flow != Flow.NEXT) {
        return flow;
      }
    }
    return Flow.NEXT;
  }

  private Flow run(Statement statement, Scope scope) {
    rendering.budget().spend(1);
    if (statement instanceof Statement.Data data) {
      write(data.text());
    } else if (statement instanceof Statement.Print print) {
      write(PythonText.str(evaluator.value(print.expression(), scope), rendering.budget()));
    } else if (statement instanceof Statement.If choice) {
      return choose(choice, scope);
    } else if (statement instanceof Statement.For loop) {
      loop(loop, evaluator.value(loop.items(), scope), 0, scope);
    } else if (statement instanceof Statement.Set set) {
      assign(set.target(), evaluator.value(set.value(), scope), scope);
    } else if (statement instanceof Statement.SetBlock set) {
      Text body = captured(set.body(), scope.inner());
      assign(set.target(), filtered(Value.of(body), set.filters(), scope), scope);
    } else if (statement instanceof Statement.MacroDefinition macro) {
      scope.set(
          macro.name(), new Macro(this, macro.name(), macro.signature(), macro.body(), scope));
    } else if (statement instanceof Statement.CallBlock call) {
      Macro caller = new Macro(this, "caller", call.signature(), call.body(), scope);
      write(PythonText.str(evaluator.call(call.call(), scope, caller), rendering.budget()));
    } else if (statement instanceof Statement.FilterBlock filter) {
      Value body = Value.of(captured(filter.body(), scope.inner()));
      write(Strings.text(filtered(body, filter.filters(), scope), "A filter block"));
    } else if (statement instanceof Statement.With with) {
      return with(with, scope);
    } else {
      return statement instanceof Statement.Break ? Flow.BREAK : Flow.CONTINUE;
    }
    return Flow.NEXT;
  }

  private void write(Text text) {
    output.append(text);
  }

  /** Runs a block and returns what it wrote instead of writing it. */
  Text captured(List<Statement> body, Scope scope) {
    return captured(() -> run(body, scope));
  }

  private Text captured(Runnable block) {
    TextBuilder outer = output;
    output = new TextBuilder(rendering.budget());
    try {
      block.run();
      return output.build();
    } finally {
      output = outer;
    }
  }

  Value value(Expression expression, Scope scope) {
    return evaluator.value(expression, scope);
  }

  private Value filtered(Value input, List<Expression.FilterCall> filters, Scope scope) {
    Value value = input;
    for (Expression.FilterCall filter : filters) {
      value = evaluator.filtered(value, filter, scope);
    }
    return value;
  }

  private Flow choose(Statement.If choice, Scope scope) {
    for (Statement.Branch branch : choice.branches()) {
      if (evaluator.value(branch.condition(), scope).isTrue()) {
        return run(branch.body(), scope);
      }
    }
    return run(choice.otherwise(), scope);
  }

  private void loop(Statement.For loop, Value iterable, int depth, Scope scope) {
    List<Value> items = items(loop, iterable, scope);
    if (items.isEmpty()) {
      run(loop.otherwise(), scope.inner());
      return;
    }
    Loop variable =
        new Loop(
            items,
            depth,
            (more, deeper) -> {
              if (!loop.recursive()) {
                throw new Fault("This loop is not recursive.");
              }
              return Value.of(captured(() -> loop(loop, more, deeper, scope)));
            });
    for (int i = 0; i < items.size(); i++) {
      rendering.budget().spend(1);
      variable.moveTo(i);
      Scope inner = scope.inner();
      inner.set("loop", variable);
      evaluator.moveTo(loop.at());
      assign(loop.target(), items.get(i), inner);
      if (run(loop.body(), inner) == Flow.BREAK) {
        return;
      }
    }
  }

  private List<Value> items(Statement.For loop, Value iterable, Scope scope) {
    evaluator.moveTo(loop.at());
    List<Value> items = Sequences.iterate(iterable, rendering.budget());
    if (loop.condition() == null) {
      return items;
    }
    List<Value> chosen = new ArrayList<>();
    for (Value item : items) {
      Scope inner = scope.inner();
      assign(loop.target(), item, inner);
      if (evaluator.value(loop.condition(), inner).isTrue()) {
        chosen.add(item);
      }
    }
    return chosen;
  }

  private Flow with(Statement.With with, Scope scope) {
    Scope inner = scope.inner();
    for (int i = 0; i < with.targets().size(); i++) {
      assign(with.targets().get(i), evaluator.value(with.values().get(i), scope), inner);
    }
    return run(with.body(), inner);
  }

  private void assign(Target target, Value value, Scope scope) {
    if (target instanceof Target.Variable variable) {
      scope.set(variable.name(), value);
    } else if (target instanceof Target.NamespaceAttribute attribute) {
      evaluator.moveTo(attribute.at());
      if (!(scope.get(attribute.namespace()) instanceof Value.Namespace namespace)) {
        throw new Fault(
            "'" + attribute.namespace() + "' is no namespace; only its attributes can be set.");
      }
      rendering.budget().values(2);
      namespace.set(attribute.attribute(), value);
    } else if (target instanceof Target.Unpacking unpacking) {
      evaluator.moveTo(unpacking.at());
      spread(unpacking, Sequences.iterate(value, rendering.budget()), scope);
    }
  }

  private void spread(Target.Unpacking unpacking, List<Value> values, Scope scope) {
    List<Target> targets = unpacking.targets();
    if (targets.size() != values.size()) {
      throw new Fault(
          "There are " + values.size() + " values for " + targets.size() + " variables.");
    }
    for (int i = 0; i < targets.size(); i++) {
      assign(targets.get(i), values.get(i), scope);
    }
  }
}
