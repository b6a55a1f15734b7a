package io.edgellm.inference.grammar;

import io.edgellm.inference.automaton.ByteAutomaton;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Turns an expression into states of a {@link Graph}, as Thompson did it. Rules that can match the
 * empty sequence are called beside an edge that reads nothing, so that a call always reads
 * something.
 */
final class GraphBuilder {
  /** What is known of the rules that an expression may refer to. */
  interface Rules {
    int number(String rule);

    boolean isNullable(int rule);

    /** The automaton to put in the place of a call, or null if the rule is called. */
    @Nullable RuleAutomaton inlined(int rule);
  }

  private final Graph graph;
  private final Rules rules;
  private final Symbols symbols;
  private int nesting;

  GraphBuilder(Graph graph, Rules rules, Symbols symbols) {
    this.graph = graph;
    this.rules = rules;
    this.symbols = symbols;
  }

  /** Adds what leads from one state to another by exactly what the expression matches. */
  void connect(int source, Expression expression, int destination) {
    if (++nesting > Effort.MAX_NESTING) {
      throw Effort.tooLarge(graph.rule(), Effort.MAX_NESTING + " nested expressions");
    }
    if (expression instanceof Expression.Bytes bytes) {
      text(source, bytes.text().getBytes(StandardCharsets.UTF_8), destination);
    } else if (expression instanceof Expression.OneOf one) {
      ranges(source, value -> one.of().contains(value), destination);
    } else if (expression instanceof Expression.Sequence sequence) {
      sequence(source, sequence, destination);
    } else if (expression instanceof Expression.Choice choice) {
      choice.of().forEach(alternative -> connect(source, alternative, destination));
    } else if (expression instanceof Expression.Repeat repeat) {
      repeat(source, repeat, destination);
    } else if (expression instanceof Expression.Rule rule) {
      rule(source, rules.number(rule.name()), destination);
    } else if (expression instanceof Expression.Finite finite) {
      finite(source, finite.automaton(), destination);
    } else if (expression instanceof Expression.Control control) {
      control(source, control.tokens(), destination);
    } else if (expression instanceof Expression.OtherControl other) {
      otherControl(source, other.except(), destination);
    }
    nesting--;
  }

  private void text(int source, byte[] text, int destination) {
    int at = source;
    for (byte value : text) {
      int next = graph.state();
      graph.range(at, value & 0xFF, value & 0xFF, next);
      at = next;
    }
    graph.nothing(at, destination);
  }

  private void ranges(int source, IntPredicate contains, int destination) {
    int value = 0;
    while (value < Symbols.BYTES) {
      int first = value;
      while (value < Symbols.BYTES && contains.test(value)) {
        value++;
      }
      if (first < value) {
        graph.range(source, first, value - 1, destination);
      }
      value++;
    }
  }

  private void sequence(int source, Expression.Sequence sequence, int destination) {
    int at = source;
    for (Expression part : sequence.parts()) {
      int next = graph.state();
      connect(at, part, next);
      at = next;
    }
    graph.nothing(at, destination);
  }

  private void repeat(int source, Expression.Repeat repeat, int destination) {
    int at = graph.state();
    graph.nothing(source, at);
    for (int i = 0; i < repeat.min(); i++) {
      int next = graph.state();
      connect(at, repeat.of(), next);
      at = next;
    }
    graph.nothing(at, destination);
    if (repeat.max() == Expression.Repeat.UNBOUNDED) {
      // A state of its own, which nothing else of the repeated expression touches.
      int again = graph.state();
      graph.nothing(at, again);
      connect(again, repeat.of(), at);
      return;
    }
    for (int i = repeat.min(); i < repeat.max(); i++) {
      int next = graph.state();
      connect(at, repeat.of(), next);
      graph.nothing(next, destination);
      at = next;
    }
  }

  private void rule(int source, int rule, int destination) {
    if (rules.isNullable(rule)) {
      graph.nothing(source, destination);
    }
    RuleAutomaton inlined = rules.inlined(rule);
    if (inlined == null) {
      graph.call(source, rule, destination);
    } else {
      embed(source, inlined, destination);
    }
  }

  private void embed(int source, RuleAutomaton automaton, int destination) {
    int offset = graph.states();
    for (int state = 0; state < automaton.states(); state++) {
      graph.state();
    }
    graph.nothing(source, offset + automaton.start());
    for (int state = 0; state < automaton.states(); state++) {
      for (RuleAutomaton.Edge edge : automaton.edges(state)) {
        graph.range(offset + state, edge.first(), edge.last(), offset + edge.target());
      }
      for (RuleAutomaton.Call call : automaton.calls(state)) {
        graph.call(offset + state, call.rule(), offset + call.target());
      }
      if (automaton.accepts(state)) {
        graph.nothing(offset + state, destination);
      }
    }
  }

  private void finite(int source, ByteAutomaton automaton, int destination) {
    int offset = graph.states();
    for (int state = 0; state < automaton.states(); state++) {
      graph.state();
    }
    graph.nothing(source, offset + automaton.start());
    for (int state = 0; state < automaton.states(); state++) {
      int value = 0;
      while (value < Symbols.BYTES) {
        int first = value;
        int target = automaton.next(state, first);
        do {
          value++;
        } while (value < Symbols.BYTES && automaton.next(state, value) == target);
        if (target >= 0) {
          graph.range(offset + state, first, value - 1, offset + target);
        }
      }
      graph.effort().steps(Symbols.BYTES, graph.rule());
      if (automaton.accepts(state)) {
        graph.nothing(offset + state, destination);
      }
    }
  }

  private void control(int source, Set<String> tokens, int destination) {
    for (String token : tokens) {
      graph.range(source, symbols.of(token), symbols.of(token), destination);
    }
  }

  private void otherControl(int source, Set<String> except, int destination) {
    for (String token : symbols.named()) {
      if (!except.contains(token)) {
        graph.range(source, symbols.of(token), symbols.of(token), destination);
      }
    }
    graph.range(source, symbols.other(), symbols.other(), destination);
  }
}
